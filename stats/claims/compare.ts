import { boundDifference } from '../bound.ts';
import type { Bound } from '../bound.ts';
import { boundApart, boundTerms } from '../folds/folds.ts';
import type { InferenceTarget } from '../folds/folds.ts';
import { trainingsOf } from '../folds/contrast.ts';
import type { ContrastTerm, ItemsMeasured, SeedValues } from '../folds/contrast.ts';
import type { MeasuredValues } from '../measured.ts';

/** Cells with the measurements of each, which differ in the training seed alone. */
export type MeasuredCells = readonly (readonly MeasuredValues[])[];

/** One side of a comparison: the mean of its measurements, or that minus the mean of others. */
export interface MeasuredSide {
  of: MeasuredCells;
  minus?: MeasuredCells;
}

/** What a comparison came to. */
export interface Compared {
  /** `paired`: both sides were measured on the same items. */
  method: 'paired' | 'unpaired' | 'one-sample';
  /** Mean of each side. */
  of: number;
  to: number;
  /** What the intervals speak of: `models` also where the method was asked about, but some cell has one training. */
  target: InferenceTarget;
  /** The difference with its intervals. */
  bound: Bound;
}

/**
 * The difference of two sides, or of a side and a number: about the method, with the spread of its trainings, or about the
 * models that were measured. Why there is none, as text.
 */
export function compareSides(of: MeasuredSide, to: MeasuredSide | number, target: InferenceTarget): Compared | string {
  const sides = typeof to === 'number' ? [of] : [of, to];
  const reason = sides.map(reasonOf).find((each) => each !== null);
  if (reason !== undefined && reason !== null) return reason;
  const possible = target === 'method' && sides.some(hasLoneTraining) ? 'models' : target;
  const compared = typeof to === 'number' ? againstNumber(of, to, possible) : againstSide(of, to, possible);
  return compared ? { ...compared, target: possible } : 'no item has a value on every side';
}

function againstNumber(of: MeasuredSide, to: number, target: InferenceTarget): Omit<Compared, 'target'> | null {
  const bound = boundSide(of, target);
  if (bound === null) return null;
  const method = of.minus === undefined ? 'one-sample' : bound.isPaired ? 'paired' : 'unpaired';
  const at = (alpha: number): [number, number] => {
    const [low, high] = bound.at(alpha);
    return [low - to, high - to];
  };
  return { method, of: bound.value, to, bound: { ...bound, value: bound.value - to, at } };
}

function againstSide(of: MeasuredSide, to: MeasuredSide, target: InferenceTarget): Omit<Compared, 'target'> | null {
  const ours = termsOf(of);
  const terms = [...ours, ...termsOf(to).map(({ sign, cells }): ContrastTerm => ({ sign: sign === 1 ? -1 : 1, cells }))];
  const paired = boundTerms(terms, { reach: terms.length > 2 ? 2 : 1, target });
  if (paired) {
    const sum = (from: number, until: number): number =>
      paired.means.slice(from, until).reduce((total, mean, place) => total + (place === 0 ? mean : -mean), 0);
    return { method: 'paired', of: sum(0, ours.length), to: sum(ours.length, terms.length), bound: paired };
  }
  const [first, second] = [boundSide(of, target), boundSide(to, target)];
  return first && second && { method: 'unpaired', of: first.value, to: second.value, bound: boundDifference(first, second) };
}

function boundSide(side: MeasuredSide, target: InferenceTarget): (Bound & { isPaired: boolean }) | null {
  const terms = termsOf(side);
  const together = boundTerms(terms, { reach: 1, target });
  const bound = together ?? boundApart(terms, { reach: 1, target });
  return bound && { ...bound, isPaired: together !== null };
}

function termsOf({ of, minus }: MeasuredSide): ContrastTerm[] {
  return [{ sign: 1, cells: of.map(known) }, ...(minus ? [{ sign: -1 as const, cells: minus.map(known) }] : [])];
}

function known(seeds: readonly MeasuredValues[]): SeedValues {
  return seeds.filter((each): each is ItemsMeasured => each.kind === 'values');
}

function hasLoneTraining({ of, minus = [] }: MeasuredSide): boolean {
  return [...of, ...minus].some((seeds) => new Set(trainingsOf(known(seeds), '')).size < 2);
}

function reasonOf({ of, minus = of }: MeasuredSide): string | null {
  if (of.flat().length === 0 || minus.flat().length === 0) return 'nothing was measured';
  return [...of, ...minus].flat().find((each) => each.kind === 'missing')?.reason ?? null;
}
