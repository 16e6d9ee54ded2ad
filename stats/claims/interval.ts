import { mean } from '../interval.ts';

/** A value with its interval at the confidence of a claim. */
export interface Bounded {
  value: number;
  interval: [low: number, high: number];
}

/** The point of the standard normal distribution that so much of it lies within, on both sides: 1.96 for 0.95. */
export function normalPoint(confidence: number): number {
  const target = (1 + confidence) / 2;
  let low = 0;
  let high = 9;
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Mean of values in [0, 1], with z²/2 values of 0 and as many of 1 added for the interval (Agresti and Coull, 1998). It
 * keeps its width where all values are alike. Null without values.
 */
export function boundMean(values: readonly number[], confidence: number): Bounded | null {
  const z = normalPoint(confidence);
  const [low, high] = padded(values, { at: [0, 1], each: z ** 2 / 2, z });
  return bounded(mean(values), [Math.max(0, low), Math.min(1, high)]);
}

/**
 * Mean of differences on the same items, which lie within `reach` of 0: 1 where both sides are shares, 2 where they are
 * differences of shares themselves. One value at each end is added for the interval (Bonett and Price, 2012, for two
 * outcomes; the same for means of several). Null without values.
 */
export function boundPaired(differences: readonly number[], { confidence, reach }: { confidence: number; reach: number }): Bounded | null {
  const [low, high] = padded(differences, { at: [-reach, reach], each: 1, z: normalPoint(confidence) });
  return bounded(mean(differences), [Math.max(-reach, low), Math.min(reach, high)]);
}

/** First minus second, of different items, from the interval of each (Zou and Donner, 2008). */
export function boundDifference(first: Bounded, second: Bounded): Bounded {
  const value = first.value - second.value;
  const below = Math.hypot(first.value - first.interval[0], second.interval[1] - second.value);
  const above = Math.hypot(first.interval[1] - first.value, second.value - second.interval[0]);
  return { value, interval: [value - below, value + above] };
}

/** Normal interval of the mean of the values and of `each` more at both ends. */
function padded(
  values: readonly number[],
  { at, each, z }: { at: [low: number, high: number]; each: number; z: number },
): [number, number] {
  const n = values.length + 2 * each;
  const centre = (sumOf(values) + each * (at[0] + at[1])) / n;
  const spread = sumOf(values.map((value) => (value - centre) ** 2)) + each * ((at[0] - centre) ** 2 + (at[1] - centre) ** 2);
  const half = (z * Math.sqrt(spread)) / n;
  return [centre - half, centre + half];
}

/** The interval holds its value, whatever was rounded. */
function bounded(value: number | null, [low, high]: [number, number]): Bounded | null {
  return value === null ? null : { value, interval: [Math.min(low, value), Math.max(high, value)] };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Share of the standard normal distribution below x ≥ 0: the density times x + x³/3 + x⁵/15 + … */
function normalShare(x: number): number {
  let term = x;
  let sum = x;
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= x ** 2 / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-(x ** 2) / 2)) / Math.sqrt(2 * Math.PI);
}
