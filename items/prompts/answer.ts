/** What became of an item: `ok`, or why it is not used. */
export type Status =
  | 'ok'
  | 'no-prompt'
  | 'truncated'
  | 'stopped-early'
  | 'empty'
  | 'refused'
  | 'holds-code'
  | 'too-short'
  | 'too-long'
  | 'no-code';

/** An answer as the ledger keeps it. */
export interface GivenAnswer {
  text: string;
  finish_reason: string;
}

const refusals = /^(?:i(?:'| a)m sorry|sorry,|i can(?:not|'t) (?:help|assist|provide|fulfil)|as an ai\b)/i;

/** Whether an answer is whole: a declared finish reason, text that is there, and no refusal. */
export function statusOf({ text, finish_reason }: GivenAnswer, accept: string[]): Status {
  if (!accept.includes(finish_reason)) return finish_reason === 'length' ? 'truncated' : 'stopped-early';
  if (text.trim() === '') return 'empty';
  return refusals.test(text.trim()) ? 'refused' : 'ok';
}
