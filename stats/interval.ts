import type { MeasuredDifference, Estimate } from '../plan/metrics.ts';
import { boundMean, boundPaired, pOf } from './bound.ts';
import type { Bound } from './bound.ts';
import { sumClusters } from './sums.ts';
import type { ClusterSums, ItemValues } from './sums.ts';

/** Error rate of every interval that metrics carry: 5 %. */
export const metricsAlpha = 0.05;

/** Weighted mean of values in [0, 1] with its 95 % interval over clusters. */
export function estimateMean(items: ItemValues): Estimate {
  return meanOf(sumClusters(items));
}

/** A share of independent items. `successes` may be fractional (undecided items counting one half). */
export function share(successes: number, n: number): Estimate {
  const whole = Math.floor(successes);
  const rest = successes - whole;
  const totals = { value: n === 0 ? null : successes / n, total: successes, totals2: whole + rest ** 2, products: successes };
  return meanOf({ ...totals, n, clusters: n, weight: n, weights2: n, largest: whole > 0 ? 1 : rest });
}

function meanOf(sums: ClusterSums): Estimate {
  const found = boundMean(sums);
  if (found === null) return { n: 0, value: null, interval: null, method: 'agresti-coull' };
  return { ...counted(found), value: found.value, interval: found.at(metricsAlpha), method: 'agresti-coull' };
}

/** A value that is known by construction, for n items. */
export function known(value: number, n: number): Estimate {
  return n === 0
    ? { n, value: null, interval: null, method: 'exact' }
    : { n, value, interval: [value, value], method: 'exact' };
}

/** Mean of differences in [−1, 1], item by item, with its 95 % interval and the p value of that interval. */
export function estimateDifference(items: ItemValues): MeasuredDifference {
  return differenceOf(boundPaired(sumClusters(items), 1));
}

/** Mean of values in [0, 1] minus a number that is known. */
export function differenceFromKnown(items: ItemValues, value: number): MeasuredDifference {
  const found = boundMean(sumClusters(items));
  const at = (alpha: number): [number, number] => (found ? [found.at(alpha)[0] - value, found.at(alpha)[1] - value] : [0, 0]);
  return differenceOf(found && { ...found, value: found.value - value, at });
}

/** Null without values. */
export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function differenceOf(found: Bound | null): MeasuredDifference {
  if (found === null) return { n: 0, value: null, interval: null, p: null };
  return { ...counted(found), value: found.value, interval: found.at(metricsAlpha), p: pOf(found) };
}

function counted({ n, clusters }: Bound): { n: number; clusters?: number } {
  return clusters === n ? { n } : { n, clusters };
}
