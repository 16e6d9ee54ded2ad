import { boundDifference, boundMean, boundPaired, pOf } from '../bound.ts';
import type { Bound } from '../bound.ts';
import { metricsAlpha } from '../interval.ts';
import type { MeasuredValues } from '../measured.ts';
import { normalPoint } from '../quantiles.ts';
import { contrastOf } from './contrast.ts';
import type { ContrastTerm, ItemsMeasured, SeedValues } from './contrast.ts';

/** What an interval speaks of: the models that were measured, or the method, which another training would give other models. */
export type InferenceTarget = 'models' | 'method';

/** Measurements of one cell, one for each training seed. */
export interface Fold {
  seeds: readonly MeasuredValues[];
}

/** The mean over the seeds of a cell. */
export interface FoldedEstimate {
  /** Null, with the reason, where a seed was not measured or no item has a value. */
  value: number | null;
  /** At 95 %: of one seed over items, of several over items and seeds. */
  interval: [low: number, high: number] | null;
  n: number;
  clusters: number;
  /** The value of each seed. */
  seeds: number[];
  method: 'agresti-coull' | 'two-way';
  target: InferenceTarget;
  reason?: string;
}

/** First minus second. */
export interface FoldedDifference extends Omit<FoldedEstimate, 'seeds' | 'method'> {
  /** Two-sided, for no difference; below 0.05 exactly where the interval excludes 0. */
  p: number | null;
  /** Both were measured on the same items, of which those with a value on both sides count. */
  isPaired: boolean;
}

/**
 * The least true difference that a comparison with such a 95 % interval shows in four of five cases: (1.96 + 0.84) standard
 * errors.
 */
export function leastDetectable([low, high]: readonly [low: number, high: number]): number {
  return ((high - low) / 2) * (1 + normalPoint(0.4) / normalPoint(metricsAlpha));
}

/** The value of a cell with its interval: over items where it has one seed, over items and seeds where it has several. */
export function estimateFold({ seeds }: Fold): FoldedEstimate {
  const target = seeds.length > 1 ? 'method' : 'models';
  const method = target === 'method' ? 'two-way' : 'agresti-coull';
  const none: FoldedEstimate = { value: null, interval: null, n: 0, clusters: 0, seeds: [], method, target };
  const found = valuesOfSeeds(seeds);
  if ('reason' in found) return { ...none, ...found };
  const bound = boundTerms([{ sign: 1, cells: [found.seeds] }], { reach: 1, target });
  if (bound === null) return { ...none, reason: 'no item has a value' };
  const values = found.seeds.map((each) => boundTerms([{ sign: 1, cells: [[each]] }], { reach: 1, target: 'models' })?.value ?? 0);
  const { value, n, clusters } = bound;
  return { value, interval: bound.at(metricsAlpha), n, clusters, seeds: values, method, target };
}

/** First minus second, item by item where both were measured on the same items; about the method where both have several seeds. */
export function compareFolds(first: Fold, second: Fold): FoldedDifference {
  const target = first.seeds.length > 1 && second.seeds.length > 1 ? 'method' : 'models';
  const none: FoldedDifference = { value: null, interval: null, n: 0, clusters: 0, target, p: null, isPaired: false };
  const [ours, theirs] = [valuesOfSeeds(first.seeds), valuesOfSeeds(second.seeds)];
  if ('reason' in ours) return { ...none, ...ours };
  if ('reason' in theirs) return { ...none, ...theirs };
  const terms: ContrastTerm[] = [{ sign: 1, cells: [ours.seeds] }, { sign: -1, cells: [theirs.seeds] }];
  const paired = boundTerms(terms, { reach: 1, target });
  const bound = paired ?? boundApart(terms, { reach: 1, target });
  if (bound === null) return { ...none, reason: 'no item has a value' };
  const { value, n, clusters } = bound;
  return { value, interval: bound.at(metricsAlpha), n, clusters, target, p: pOf(bound), isPaired: paired !== null };
}

interface BoundOptions {
  /** Largest distance from 0 that a value of an item can have. */
  reach: number;
  target: InferenceTarget;
}

/** Terms added up, with the mean of each. */
export interface TermsBound extends Bound {
  means: number[];
}

/** Terms added up on the items that they share; null where they share none, or seeds are missing for a target of `method`. */
export function boundTerms(terms: readonly ContrastTerm[], { reach, target }: BoundOptions): TermsBound | null {
  const contrast = contrastOf(terms);
  if (contrast === null) return null;
  const training = target === 'method' ? contrast.training : null;
  if (target === 'method' && training === null) return null;
  const bound = terms.length === 1 ? boundMean(contrast.sums, training) : boundPaired(contrast.sums, reach, training);
  return bound && { ...bound, means: contrast.means };
}

/** Two terms on different items, each with its own interval; the second is taken off. */
export function boundApart([first, second]: readonly ContrastTerm[], options: BoundOptions): TermsBound | null {
  const [ours, theirs] = [first, second].map((term) => term && boundTerms([{ ...term, sign: 1 }], options));
  return ours && theirs ? { ...boundDifference(ours, theirs), means: [ours.value, theirs.value] } : null;
}

function valuesOfSeeds(seeds: readonly MeasuredValues[]): { seeds: SeedValues } | { reason: string } {
  const missing = seeds.find((each) => each.kind === 'missing');
  if (missing) return { reason: missing.reason };
  return seeds.length === 0 ? { reason: 'nothing was measured' } : { seeds: seeds as readonly ItemsMeasured[] };
}
