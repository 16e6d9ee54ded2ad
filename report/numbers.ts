import { fixed as fixedText, signed as signedText } from '../text/index.ts';
import type { ShownEstimate } from './document.ts';

/** `0.753`; an em dash where there is no value, never 0. */
export function fixed(value: number | null, digits = 3): string {
  if (value === null || !Number.isFinite(value)) return '—';
  if (value !== 0 && Math.abs(value) < 10 ** -digits / 2) return value.toExponential(1).replace('-', '−').replace('e−', 'e−');
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

/** `[0.708, 0.793]`, empty without an interval or where the value is known. */
export function interval({ interval: ends, method }: ShownEstimate, show: (value: number) => string = fixed): string {
  return ends === null || method === 'exact' ? '' : `[${show(ends[0])}, ${show(ends[1])}]`;
}

/** `< 0.001` or three digits. */
export function pValue(value: number): string {
  return value < 0.001 ? '< 0.001' : value.toFixed(3);
}
