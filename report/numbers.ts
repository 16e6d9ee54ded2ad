import { fixed as fixedText, signed as signedText } from '../text/index.ts';
import type { ShownEstimate } from '../schemas/index.ts';

/** `0.753`; an em dash where there is no value, never 0. */
export function fixed(value: number | null, digits = 3): string {
  if (value === null || !Number.isFinite(value)) return '—';
  if (value !== 0 && Math.abs(value) < 10 ** -digits / 2) return value.toExponential(1).replace('-', '−').replace('e-', 'e−');
  return fixedText(value, digits);
}

/** `+0.041`, `−0.041`, `0.000`. */
export function signed(value: number | null, digits = 3): string {
  return value === null ? '—' : signedText(value, digits);
}

/** `12,345`. */
export function grouped(value: number | null): string {
  if (value === null) return '—';
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/gu, ',');
}

/** Most digits that are printed to keep an end of an interval apart from 0. */
const MOST_DIGITS = 6;

/** Digits for a difference: three, and more where its interval excludes 0 and an end would be printed as 0. */
export function digitsFor({ interval }: Pick<ShownEstimate, 'interval'>): number {
  if (interval === null || interval[0] * interval[1] <= 0) return 3;
  const least = Math.min(...interval.map(Math.abs));
  let digits = 3;
  while (digits < MOST_DIGITS && Number(least.toFixed(digits)) === 0) digits++;
  return digits;
}

/** `[0.708, 0.793]`, empty without an interval or where the value is known. */
export function intervalText(
  { interval, method }: Pick<ShownEstimate, 'interval' | 'method'>,
  show: (value: number) => string = fixed,
): string {
  return interval === null || method === 'exact' ? '' : `[${show(interval[0])}, ${show(interval[1])}]`;
}

/** `0.753 [0.708, 0.793]`. */
export function estimateText(estimate: Pick<ShownEstimate, 'value' | 'interval' | 'method'> | undefined): string {
  if (!estimate || estimate.value === null) return 'not measured';
  return [fixed(estimate.value), intervalText(estimate)].filter((part) => part !== '').join(' ');
}

/** `< 0.001` or three digits. */
export function pValue(value: number): string {
  return value < 0.001 ? '< 0.001' : value.toFixed(3);
}

/** `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
