import { logChoose } from './bon/best-of-n.ts';
import { estimateDifference } from './interval.ts';

/** First minus second on the same items. */
export interface PairedDifference {
  n: number;
  /** Independent groups of the items; left out where each item is one. */
  clusters?: number;
  difference: number;
  /** At 95 %; it excludes 0 exactly where `p` is below 0.05. */
  interval: [low: number, high: number];
  /** Two-sided. */
  p: number;
  /** Items where only the first, and only the second, is worth more, whatever they count. */
  first_only: number;
  second_only: number;
  /** p of McNemar's test, which decides nothing here; null where items are not right or wrong, not independent, or count differently. */
  mcnemar: number | null;
}

interface PairedValues {
  /** Values of the same items in the same order; an item without a value on one side is left out. */
  first: readonly (number | null)[];
  second: readonly (number | null)[];
  /** What each item counts; an item that counts nothing is left out. Default: all the same. */
  weights?: readonly number[];
  clusters?: readonly number[];
}

/** Null without items. Throws a RangeError for lists of different lengths. */
export function comparePaired({ first, second, weights, clusters }: PairedValues): PairedDifference | null {
  if (first.length !== second.length) throw new RangeError(`${first.length} values cannot be paired with ${second.length}`);
  const values = first.map((value, index) => (weights?.[index] === 0 ? null : minus(value, second[index] ?? null)));
  const { value, interval, p, ...counts } = estimateDifference({ values, ...(weights && { weights }), ...(clusters && { clusters }) });
  if (value === null || interval === null || p === null) return null;
  const first_only = values.filter((each) => each !== null && each > 0).length;
  const second_only = values.filter((each) => each !== null && each < 0).length;
  const isBinary = [...first, ...second].every((each) => each === null || each === 0 || each === 1);
  const test = isBinary && !weights && counts.clusters === undefined ? mcnemar(first_only, second_only) : null;
  return { ...counts, difference: value, interval, p, first_only, second_only, mcnemar: test };
}

/** Two-sided mid-p of McNemar's test: discordant items fall to either side like a fair coin, and the table itself counts half. */
export function mcnemar(firstOnly: number, secondOnly: number): number {
  const n = firstOnly + secondOnly;
  const fewer = Math.min(firstOnly, secondOnly);
  let tail = 0;
  for (let k = 0; k <= fewer; k += 1) tail += Math.exp(logChoose(n, k) - n * Math.LN2) * (k === fewer ? 0.5 : 1);
  return firstOnly === secondOnly ? 1 : 2 * tail;
}

/** Holm's step-down adjustment for the number of tests looked at, in the order given. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => (ps[a] ?? 0) - (ps[b] ?? 0));
  const adjusted = ps.map(() => 1);
  let highest = 0;
  order.forEach((index, rank) => {
    highest = Math.max(highest, Math.min(1, (ps.length - rank) * (ps[index] ?? 1)));
    adjusted[index] = highest;
  });
  return adjusted;
}

function minus(value: number | null, other: number | null): number | null {
  return value === null || other === null ? null : value - other;
}
