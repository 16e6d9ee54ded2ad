import type { Estimate } from '../plan/metrics.ts';
import { metricsAlpha, share } from './interval.ts';
import { normalPoint } from './quantiles.ts';

/** P(a positive is above a negative), equal values counting one half. Null when either side is empty. */
export function auc(positives: readonly number[], negatives: readonly number[]): number | null {
  if (positives.length === 0 || negatives.length === 0) return null;
  const sorted = Float64Array.from(negatives).sort();
  return positives.reduce((sum, value) => sum + placement(sorted, value), 0) / positives.length;
}

/**
 * AUC over pairs of (positive, negative), with a normal interval from the placements (DeLong's variance, the two values of
 * a pair kept together, since they belong to one prompt).
 */
export function aucOfPairs(pairs: readonly (readonly [positive: number, negative: number])[]): Estimate {
  const n = pairs.length;
  if (n === 0) return { n, value: null, interval: null, method: 'normal' };
  const positives = Float64Array.from(pairs, ([positive]) => positive).sort();
  const negatives = Float64Array.from(pairs, ([, negative]) => negative).sort();
  const placements = pairs.map(([positive, negative]) => placement(negatives, positive) + 1 - placement(positives, negative));
  const value = placements.reduce((sum, each) => sum + each, 0) / (2 * n);
  const variance = placements.reduce((sum, each) => sum + (each - 2 * value) ** 2, 0) / n ** 2;
  if (variance === 0) return { ...share(value * n, n), value };
  const half = normalPoint(metricsAlpha) * Math.sqrt(variance);
  return { n, value, interval: [Math.max(0, value - half), Math.min(1, value + half)], method: 'normal' };
}

/** Share of the sorted values that are below a value, equal ones counting one half. */
function placement(sorted: Float64Array, value: number): number {
  return (countBelow(sorted, (at) => at < value) + countBelow(sorted, (at) => at <= value)) / (2 * sorted.length);
}

function countBelow(sorted: Float64Array, isBelow: (at: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(sorted[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}
