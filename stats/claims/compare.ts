import { boundDifference, boundMean, boundPaired, normalPoint } from './interval.ts';
import type { Bounded } from './interval.ts';
import type { MeasuredValues } from './values.ts';
import { mean, Z } from '../interval.ts';

/**
 * What one side of a comparison is: the mean of its measurements, or that minus the mean of others. Several are several seeds, or
 * other cells.
 */
export interface MeasuredSide {
  of: MeasuredValues[];
  minus?: MeasuredValues[];
}

/** What a comparison came to. */
export interface Compared {
  /** `paired`: both sides were measured on the same items. */
  method: 'paired' | 'unpaired' | 'one-sample';
  difference: number;
  interval: [low: number, high: number];
  /** Mean of each side. */
  of: number;
  to: number;
  /** Items of each side; the same number twice where they are paired, 0 for a number. */
  n: [of: number, to: number];
}

/**
 * The difference of two sides, or of a side and a number, with its interval. The values of an item are averaged over the
 * measurements of a side first, so the interval is over items and speaks of these measurements, not of seeds that nobody
 * ran. Null where no item has a value on every side.
 */
export function compareSides(of: MeasuredSide, to: MeasuredSide | number, confidence: number): Compared | null {
  if (typeof to === 'number') return againstNumber(of, to, confidence);
  const [ours, theirs] = [itemsOfSide(of), itemsOfSide(to)];
  if (ours && theirs && hasSameItems(ours, theirs)) return paired(ours, theirs, { confidence, reach: of.minus || to.minus ? 2 : 1 });
  const [first, second] = [boundSide(of, confidence), boundSide(to, confidence)];
  if (first === null || second === null) return null;
  const { value, interval } = boundDifference(first, second);
  return { method: 'unpaired', difference: value, interval, of: first.value, to: second.value, n: [first.n, second.n] };
}

function againstNumber(of: MeasuredSide, to: number, confidence: number): Compared | null {
  const side = boundSide(of, confidence);
  if (side === null) return null;
  const { value, interval, n } = side;
  const method = of.minus === undefined ? 'one-sample' : itemsOfSide(of) ? 'paired' : 'unpaired';
  return { method, difference: value - to, interval: [interval[0] - to, interval[1] - to], of: value, to, n: [n, 0] };
}

function paired(ours: Items, theirs: Items, { confidence, reach }: { confidence: number; reach: number }): Compared | null {
  const pairs = [...ours].flatMap(([items, values]) => values.map((value, index) => [value, theirs.get(items)?.[index] ?? null] as const));
  const whole = pairs.filter((pair): pair is readonly [number, number] => pair[0] !== null && pair[1] !== null);
  const found = boundPaired(whole.map(([value, other]) => value - other), { confidence, reach });
  if (found === null) return null;
  const meanOf = (place: 0 | 1): number => mean(whole.map((pair) => pair[place])) ?? 0;
  return {
    method: 'paired',
    difference: found.value,
    interval: found.interval,
    of: meanOf(0),
    to: meanOf(1),
    n: [whole.length, whole.length],
  };
}

type Sized = Bounded & { n: number };

/** One side alone. */
function boundSide(side: MeasuredSide, confidence: number): Sized | null {
  const { of, minus } = side;
  if (minus === undefined) return boundMeasured(of, confidence);
  const differences = itemsOfSide(side);
  if (differences) {
    const values = knownIn(differences);
    const found = boundPaired(values, { confidence, reach: 1 });
    return found && { ...found, n: values.length };
  }
  const [first, second] = [boundMeasured(of, confidence), boundMeasured(minus, confidence)];
  return first && second && { ...boundDifference(first, second), n: Math.min(first.n, second.n) };
}

/** Estimates have their intervals averaged, as if they all erred together. */
function boundMeasured(measured: MeasuredValues[], confidence: number): Sized | null {
  const items = itemsOf(measured);
  if (items) {
    const values = knownIn(items);
    const found = boundMean(values, confidence);
    return found && { ...found, n: values.length };
  }
  const estimates = measured.filter((each) => each.kind === 'estimate');
  const scale = normalPoint(confidence) / Z;
  const average = (of: (each: (typeof estimates)[number]) => number): number => mean(estimates.map(of)) ?? 0;
  const value = average((each) => each.value);
  const below = scale * average((each) => each.value - each.interval[0]);
  const above = scale * average((each) => each.interval[1] - each.value);
  return estimates.length === 0 ? null : { value, interval: [value - below, value + above], n: Math.min(...estimates.map(({ n }) => n)) };
}

/** Values by item, for each set of items that was measured. */
type Items = Map<string, (number | null)[]>;

/** The values of a side by item, where it has some: of a difference, where both of its parts were measured on the same items. */
function itemsOfSide({ of, minus }: MeasuredSide): Items | null {
  const items = itemsOf(of);
  if (minus === undefined || items === null) return items;
  const others = itemsOf(minus);
  if (others === null || !hasSameItems(items, others)) return null;
  const difference = (value: number | null, other: number | null): number | null =>
    value === null || other === null ? null : value - other;
  return new Map(
    [...items].map(([name, values]) => [name, values.map((value, index) => difference(value, others.get(name)?.[index] ?? null))]),
  );
}

/** Means over the measurements of the same items; null where some measurement has no values of items. */
function itemsOf(measured: MeasuredValues[]): Items | null {
  const groups = new Map<string, (number | null)[][]>();
  for (const each of measured) {
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

function knownIn(items: Items): number[] {
  return [...items.values()].flat().filter((value) => value !== null);
}
