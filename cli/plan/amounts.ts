import type { Amount, Foreseen } from '../../plan/index.ts';
import { count } from '../terminal/text.ts';

/** `103–362`, `≤ 362`, `≥ 103`, `≤ 362, without 4 nodes`, or `unknown`. An unknown amount never shows as 0. */
export function amountOf({ low, high, known }: Amount & Pick<Foreseen, 'known'>): string {
  if (known) return `${amountOf({ low: known.low, high: known.high })}, without ${count(known.unknown, 'node')}`;
  if (low === null && high === null) return 'unknown';
  if (high === null) return `≥ ${short(low ?? 0)}`;
  if (low === null) return high === 0 ? '0' : `≤ ${short(high)}`;
  return short(low) === short(high) ? short(high) : `${short(low)}–${short(high)}`;
}

/** An upper bound, written in full because it is a count. */
export function atMost(number: number | null): string {
  if (number === null) return 'unknown';
  return number === 0 ? '0' : `≤ ${number.toLocaleString('en')}`;
}

/** Three significant digits, in thousands (k), millions (M) or billions (B); `< 0.01` for less. */
export function short(number: number): string {
  if (number === 0) return '0';
  if (number < 0.01) return '< 0.01';
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, Number(number.toPrecision(3)))) / 3));
  const scaled = number / 1000 ** power;
  const digits = scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2;
  return `${Number(scaled.toFixed(digits)).toLocaleString('en')}${power === 0 ? '' : ` ${' kMB'[power]}`}`;
}
