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
 * AUC over pairs of whole numbers from 0, a positive and a negative one at each place, with a normal interval from the placements
 * (DeLong's variance, the two values of a pair kept together, since they belong to one prompt).
 */
export function aucOfPairs(positives: Int32Array, negatives: Int32Array): Estimate {
  const n = positives.length;
  if (n === 0) return { n, value: null, interval: null, method: 'normal' };
  const [ofPositives, ofNegatives] = [createPlacements(positives), createPlacements(negatives)];
  const placed = (at: number): number => ofNegatives(positives[at] ?? 0) + 1 - ofPositives(negatives[at] ?? 0);
  let sum = 0;
  for (let at = 0; at < n; at += 1) sum += placed(at);
  const value = sum / (2 * n);
  let squares = 0;
  for (let at = 0; at < n; at += 1) squares += (placed(at) - 2 * value) ** 2;
  const variance = squares / n ** 2;
  if (variance === 0) return { ...share(value * n, n), value };
  const half = normalPoint(metricsAlpha) * Math.sqrt(variance);
  return { n, value, interval: [Math.max(0, value - half), Math.min(1, value + half)], method: 'normal' };
}

/** What `placement` gives for a whole number, from counts of the values: any number of values takes the memory of the largest. */
function createPlacements(values: Int32Array): (value: number) => number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  const below = new Float64Array(largest + 2);
  for (const value of values) below[value + 1] = (below[value + 1] ?? 0) + 1;
  for (let at = 1; at < below.length; at += 1) below[at] = (below[at] ?? 0) + (below[at - 1] ?? 0);
  const upTo = (value: number): number => below[Math.min(value, largest + 1)] ?? 0;
  return (value) => (upTo(value) + upTo(value + 1)) / (2 * values.length);
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
