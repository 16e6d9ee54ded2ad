import type { Paid } from './results.ts';

/** Prices of a million tokens by endpoint; one that is left out costs nothing. */
export interface TokenPrices {
  [endpoint: string]: { input: number; output: number };
}

/** What tokens cost. */
export function costOf({ prompt_tokens, completion_tokens }: Omit<Paid, 'calls'>, prices: TokenPrices): number {
  const cost = ([endpoint, { input, output }]: [string, TokenPrices[string]]) =>
    (prompt_tokens[endpoint] ?? 0) * input + (completion_tokens[endpoint] ?? 0) * output;
  return Object.entries(prices).reduce((sum, each) => sum + cost(each), 0) / 1e6;
}

/** What a call may cost that answers with so many tokens at most, if its prompt is no longer than that. */
export function costOfCall(endpoint: string, tokens: number, prices: TokenPrices): number {
  return costOf({ prompt_tokens: { [endpoint]: tokens }, completion_tokens: { [endpoint]: tokens } }, prices);
}
