import type { Estimate } from '../plan/metrics.ts';
import { createRandom } from './random.ts';

/** 97.5 % point of the standard normal distribution: every interval here is at 95 %. */
export const Z = 1.959963984540054;

/** Wilson's score interval of a share. `successes` may be fractional (undecided items counting one half). */
export function wilson(successes: number, n: number): [low: number, high: number] | null {
  if (n === 0) return null;
  const share = successes / n;
  const square = (Z * Z) / n;
  const centre = (share + square / 2) / (1 + square);
  const half = (Z / (1 + square)) * Math.sqrt((share * (1 - share)) / n + square / (4 * n));
  return [Math.max(0, Math.min(share, centre - half)), Math.min(1, Math.max(share, centre + half))];
}

/** A share with Wilson's interval. */
export function share(successes: number, n: number): Estimate {
  return { n, value: n === 0 ? null : successes / n, interval: wilson(successes, n), method: 'wilson' };
}

/** A value that is known by construction, for n items. */
export function known(value: number, n: number): Estimate {
  return n === 0
    ? { n, value: null, interval: null, method: 'exact' }
    : { n, value, interval: [value, value], method: 'exact' };
}

interface BootstrapOptions {
  /** One value for each independent unit (a question, with all that belongs to it). */
  values: readonly number[];
  /** Default 2,000. */
  resamples?: number;
  /** Default 1. */
  seed?: number;
}

/** Percentile interval of the mean, units drawn with replacement. Null without units. */
export function bootstrapInterval({ values, resamples = 2000, seed = 1 }: BootstrapOptions): [number, number] | null {
  const n = values.length;
  if (n === 0) return null;
  const random = createRandom(seed);
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample += 1) {
    let sum = 0;
    for (let draw = 0; draw < n; draw += 1) sum += values[Math.floor(random() * n)] ?? 0;
    means[resample] = sum / n;
  }
  means.sort();
  return [quantile(means, 0.025), quantile(means, 0.975)];
}

/**
 * Mean of values in [0, 1] with a bootstrap interval. Where all values are equal a bootstrap has no width, which would
 * claim certainty: Wilson's interval stands in.
 */
export function clusterMean(options: BootstrapOptions): Estimate {
  const { values } = options;
  const n = values.length;
  const value = mean(values);
  if (value === null || values.every((each) => each === values[0])) return share((value ?? 0) * n, n);
  return { n, value, interval: bootstrapInterval(options), method: 'bootstrap' };
}

/** Null without values. */
export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function quantile(sorted: Float64Array, at: number): number {
  const place = at * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
