import { boundDifference, boundMean, boundPaired, normalPoint } from './interval.ts';
import type { Bounded } from './interval.ts';
import type { Measured } from './values.ts';
import { mean, Z } from '../interval.ts';

/** A claim with what was measured: several measurements of a side are several seeds (or other cells) of it. */
export interface ClaimQuestion {
  of: Measured[];
  relation: 'above' | 'below';
  to: Measured[] | number;
  margin: number;
  confidence: number;
}

export interface ClaimDecision {
  outcome: 'holds' | 'fails' | 'undecided';
  method: 'paired' | 'unpaired' | 'one-sample' | null;
  difference: number | null;
  interval: [low: number, high: number] | null;
  /** Mean of each side. */
  of: number | null;
  to: number | null;
  /** Items of each side; the same number twice where they are paired, 0 for a number. */
  n: [of: number, to: number];
  reason?: string;
}

/**
 * Decides a claim: it holds where the whole interval of the difference lies beyond the margin, fails where it lies wholly
 * on the other side, and is undecided in between. The values of an item are averaged over the measurements of a side
 * first; the interval is over items, so it speaks of these measurements and not of seeds that nobody ran. Sides that were
 * measured on the same items are paired. Wrong decisions are at most as frequent as 1 − confidence.
 */
export function decideClaim({ of, relation, to, margin, confidence }: ClaimQuestion): ClaimDecision {
  const reason = [of, to].map((side) => (typeof side === 'number' ? null : reasonOf(side))).find((each) => each !== null);
  if (reason !== undefined) return undecided(reason);
  const found = typeof to === 'number' ? againstNumber(of, to, confidence) : againstSide(of, to, confidence);
  if (found === null) return undecided('no item has a value on every side');
  const [low, high] = found.interval;
  const [least, most] = relation === 'above' ? [low, high] : [-high, -low];
  if (least > margin) return { ...found, outcome: 'holds' };
  if (most < margin) return { ...found, outcome: 'fails' };
  return { ...found, outcome: 'undecided', reason: margin === 0 ? 'the interval holds 0' : 'the interval holds the margin' };
}

type Compared = Pick<ClaimDecision, 'method' | 'difference' | 'of' | 'to' | 'n'> & { interval: [number, number] };

function againstNumber(of: Measured[], to: number, confidence: number): Compared | null {
  const side = boundSide(of, confidence);
  if (side === null) return null;
  const { value, interval, n } = side;
  return { method: 'one-sample', difference: value - to, interval: [interval[0] - to, interval[1] - to], of: value, to, n: [n, 0] };
}

function againstSide(of: Measured[], to: Measured[], confidence: number): Compared | null {
  const [ours, theirs] = [itemsOf(of), itemsOf(to)];
  if (ours && theirs && hasSameItems(ours, theirs)) return paired(ours, theirs, confidence);
  const [first, second] = [boundSide(of, confidence), boundSide(to, confidence)];
  if (first === null || second === null) return null;
  const { value, interval } = boundDifference(first, second);
  return { method: 'unpaired', difference: value, interval, of: first.value, to: second.value, n: [first.n, second.n] };
}

function paired(ours: Items, theirs: Items, confidence: number): Compared | null {
  const first: number[] = [];
  const second: number[] = [];
  for (const [items, values] of ours)
    values.forEach((value, index) => {
      const other = theirs.get(items)?.[index] ?? null;
      if (value === null || other === null) return;
      first.push(value);
      second.push(other);
    });
  const found = boundPaired(first.map((value, index) => value - (second[index] ?? 0)), confidence);
  if (found === null) return null;
  return { method: 'paired', difference: found.value, interval: found.interval, of: mean(first), to: mean(second), n: [first.length, first.length] };
}

/** One side alone. Estimates have their intervals averaged, as if they all erred together. */
function boundSide(side: Measured[], confidence: number): (Bounded & { n: number }) | null {
  const items = itemsOf(side);
  if (items) {
    const values = [...items.values()].flat().filter((value) => value !== null);
    const found = boundMean(values, confidence);
    return found && { ...found, n: values.length };
  }
  const estimates = side.filter((each) => each.kind === 'estimate');
  const scale = normalPoint(confidence) / Z;
  const average = (of: (each: (typeof estimates)[number]) => number): number => mean(estimates.map(of)) ?? 0;
  const value = average((each) => each.value);
  const below = scale * average((each) => each.value - each.interval[0]);
  const above = scale * average((each) => each.interval[1] - each.value);
  return estimates.length === 0 ? null : { value, interval: [value - below, value + above], n: Math.min(...estimates.map(({ n }) => n)) };
}

/** Values by item, for each set of items that was measured. */
type Items = Map<string, (number | null)[]>;

/** Means over the measurements of the same items; null where some measurement has no values of items. */
function itemsOf(side: Measured[]): Items | null {
  const groups = new Map<string, (number | null)[][]>();
  for (const each of side) {
    if (each.kind !== 'values') return null;
    const key = `${each.items} ${each.values.length}`;
    groups.set(key, [...(groups.get(key) ?? []), each.values]);
  }
  return new Map([...groups].map(([items, lists]) => [items, meanOfItems(lists)]));
}

function meanOfItems([first = [], ...others]: (number | null)[][]): (number | null)[] {
  return first.map((value, index) => {
    const values = [value, ...others.map((list) => list[index] ?? null)];
    const known = values.filter((each) => each !== null);
    return known.length < values.length ? null : mean(known);
  });
}

function hasSameItems(ours: Items, theirs: Items): boolean {
  return ours.size === theirs.size && [...ours.keys()].every((items) => theirs.has(items));
}

function reasonOf(side: Measured[]): string | null {
  if (side.length === 0) return 'nothing was measured';
  return side.find((each) => each.kind === 'missing')?.reason ?? null;
}

function undecided(reason: string): ClaimDecision {
  return { outcome: 'undecided', method: null, difference: null, interval: null, of: null, to: null, n: [0, 0], reason };
}
