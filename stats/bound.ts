import { normalPoint, tPoint } from './quantiles.ts';
import type { ClusterSums } from './sums.ts';

/** A value with its intervals. */
export interface Bound {
  value: number;
  /** Items, and independent groups of them. */
  n: number;
  clusters: number;
  /** The interval that misses the truth with probability `alpha`, both sides together. */
  at: (alpha: number) => [low: number, high: number];
}

/** What training adds to the variance of a value over items: its excess, and the parts it was estimated from. */
export interface TrainingVariance {
  /** Variance by seeds beyond what the sampling of items explains; may be below 0 by chance. */
  excess: number;
  parts: { variance: number; freedom: number }[];
}

/**
 * Mean of values in [0, 1], with z²/2 clusters of 0 and as many of 1 added for the interval (Agresti and Coull, 1998, for
 * shares; the same for means, and for sums over clusters). It keeps its width where all values are alike.
 */
export function boundMean(sums: ClusterSums, training: TrainingVariance | null = null): Bound | null {
  return bound(sums, (alpha) => {
    const { centre, error } = padded(sums, { ends: [0, 1], each: normalPoint(alpha) ** 2 / 2 });
    const half = halfWidth(error, { alpha, clusters: sums.clusters, training });
    return [Math.max(0, centre - half), Math.min(1, centre + half)];
  });
}

/**
 * Mean of differences on the same items, within `reach` of 0: 1 where both sides are shares, 2 where they are differences of
 * shares themselves. One cluster at each end is added (Bonett and Price, 2012, for two outcomes; the same for means). The ends
 * are the largest difference that was seen, on both sides, and the reach where all are alike.
 */
export function boundPaired(sums: ClusterSums, reach: number, training: TrainingVariance | null = null): Bound | null {
  const end = sums.largest > 0 ? Math.min(reach, sums.largest) : reach;
  const { centre, error } = padded(sums, { ends: [-end, end], each: 1 });
  return bound(sums, (alpha) => {
    const half = halfWidth(error, { alpha, clusters: sums.clusters, training });
    return [Math.max(-reach, centre - half), Math.min(reach, centre + half)];
  });
}

/**
 * Half the width of an interval with this standard error over items; where training is random too, by Student's t with the
 * degrees of freedom of Satterthwaite (1946).
 */
function halfWidth(error: number, { alpha, clusters, training }: { alpha: number; clusters: number; training: TrainingVariance | null }) {
  if (training === null) return normalPoint(alpha) * error;
  const variance = error ** 2 + Math.max(0, training.excess);
  const parts = [{ variance: error ** 2, freedom: Math.max(1, clusters - 1) }, ...training.parts];
  const freedom = variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.freedom, 0);
  return tPoint(alpha, Math.max(1, freedom)) * Math.sqrt(variance);
}

/** First minus second, of different items, from the interval of each (Zou and Donner, 2008). */
export function boundDifference(first: Bound, second: Bound): Bound {
  const value = first.value - second.value;
  const at = (alpha: number): [number, number] => {
    const [ours, theirs] = [first.at(alpha), second.at(alpha)];
    const below = Math.hypot(first.value - ours[0], theirs[1] - second.value);
    const above = Math.hypot(ours[1] - first.value, second.value - theirs[0]);
    return [value - below, value + above];
  };
  return { value, n: Math.min(first.n, second.n), clusters: Math.min(first.clusters, second.clusters), at };
}

/** The least `alpha` whose interval has this property, which wider intervals lose; 1 where none has it, never below 1e-12. */
export function leastAlpha({ at }: Pick<Bound, 'at'>, has: (interval: [low: number, high: number]) => boolean): number {
  if (!has(at(1 - 1e-9))) return 1;
  let [low, high] = [Math.log(1e-12), 0];
  if (has(at(1e-12))) return 1e-12;
  for (let halving = 0; halving < 40; halving += 1) {
    const middle = (low + high) / 2;
    if (has(at(Math.exp(middle)))) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}

/** Two-sided p value for the true value being this: the least alpha whose interval excludes it. */
export function pOf(each: Pick<Bound, 'at'>, truth = 0): number {
  return leastAlpha(each, ([low, high]) => low > truth || high < truth);
}

/** The interval holds its value, whatever was rounded. Null without items. */
function bound(sums: ClusterSums, at: Bound['at']): Bound | null {
  const { value, n, clusters } = sums;
  if (value === null) return null;
  const holding = (alpha: number): [number, number] => {
    const [low, high] = at(alpha);
    return [Math.min(low, value), Math.max(high, value)];
  };
  return { value, n, clusters, at: holding };
}

/** Weighted mean and its standard error by clusters, with `each` clusters of mean weight added at both ends. */
function padded(sums: ClusterSums, { ends, each }: { ends: [low: number, high: number]; each: number }) {
  const added = each * (sums.weight / sums.clusters);
  const weight = sums.weight + 2 * added;
  const centre = (sums.total + added * (ends[0] + ends[1])) / weight;
  const seen = sums.totals2 - 2 * centre * sums.products + centre ** 2 * sums.weights2;
  const extra = each * (sums.weight / sums.clusters) ** 2 * ((ends[0] - centre) ** 2 + (ends[1] - centre) ** 2);
  return { centre, error: Math.sqrt(Math.max(0, seen) + extra) / weight };
}
