import type { Estimate } from '../plan/metrics.ts';
import { metricsAlpha, share } from './interval.ts';
import type { PairCounts } from './pair-counts.ts';
import { normalPoint } from './quantiles.ts';

/** P(a positive is above a negative), equal values counting one half. Null when either side is empty. */
export function auc(positives: readonly number[], negatives: readonly number[]): number | null {
  if (positives.length === 0 || negatives.length === 0) return null;
  const sorted = Float64Array.from(negatives).sort();
  return positives.reduce((sum, value) => sum + placement(sorted, value), 0) / positives.length;
}

/**
 * AUC over pairs of a positive and a negative value, with a normal interval from the placements (DeLong's variance, the two values of a
 * pair kept together, since they belong to one prompt).
 */
export function aucOfPairs({ seen, cells }: Pick<PairCounts, 'seen' | 'cells'>): Estimate {
  const n = seen.pairs;
  if (n === 0) return { n, value: null, interval: null, method: 'normal' };
  const all = [...cells()];
  const ofPositives = createPlacements(all.map(({ chosen, pairs }) => [chosen, pairs]), n);
  const ofNegatives = createPlacements(all.map(({ rejected, pairs }) => [rejected, pairs]), n);
  const placed = all.map(({ chosen, rejected, pairs }) => ({ place: ofNegatives(chosen) + 1 - ofPositives(rejected), pairs }));
  const value = placed.reduce((sum, { place, pairs }) => sum + place * pairs, 0) / (2 * n);
  const variance = placed.reduce((sum, { place, pairs }) => sum + pairs * (place - 2 * value) ** 2, 0) / n ** 2;
  if (variance < 1e-18) return { ...share(value * n, n), value };
  const half = normalPoint(metricsAlpha) * Math.sqrt(variance);
  return { n, value, interval: [Math.max(0, value - half), Math.min(1, value + half)], method: 'normal' };
}

/** What `placement` gives for a rank, from how many of `n` values have which rank. */
function createPlacements(counted: (readonly [rank: number, count: number])[], n: number): (rank: number) => number {
  const below = new Float64Array(counted.reduce((most, [rank]) => Math.max(most, rank), 0) + 2);
  for (const [rank, count] of counted) below[rank + 1] = (below[rank + 1] ?? 0) + count;
  for (let at = 1; at < below.length; at += 1) below[at] = (below[at] ?? 0) + (below[at - 1] ?? 0);
  const upTo = (rank: number): number => below[Math.min(rank, below.length - 1)] ?? 0;
  return (rank) => (upTo(rank) + upTo(rank + 1)) / (2 * n);
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
