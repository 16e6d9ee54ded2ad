/** An amount that is foreseen, between two bounds; null: that bound is not known. What is unknown is never 0. */
export interface Amount {
  low: number | null;
  high: number | null;
}

/** An amount with what it was reckoned from, in words. */
export interface Foreseen extends Amount {
  basis: string;
  /** The sum of the parts that are bounded above, where others are not, and how many those are. */
  known?: { low: number | null; high: number; unknown: number };
}

/** What a run without any reuse would do, as far as the compiler can know it. */
export interface PlanEstimate {
  /** Calls at most, by endpoint: no item is rejected on the way. null: known once a source is read. */
  calls: { [endpoint: string]: number | null };
  tokens: { [endpoint: string]: { prompt: Foreseen; completion: Foreseen } };
  /** By pool; pools that have no GPUs are left out. */
  gpu_hours: { [pool: string]: Foreseen };
  /** In the currency of the configuration; null: nothing that is used has a price. */
  money: Foreseen | null;
  /** Events of the longest history of each workflow, when nothing fails; null: known once a source is read. */
  history: { [workflow: string]: number | null };
}

/**
 * The sum. What is unknown adds nothing to a lower bound, which still holds without it; an upper bound that is unknown in
 * one is unknown in the sum.
 */
export function plus(a: Amount, b: Amount): Amount {
  const low = a.low === null && b.low === null ? null : (a.low ?? 0) + (b.low ?? 0);
  return { low, high: a.high === null || b.high === null ? null : a.high + b.high };
}

/** The amount so many times; null: it is not known how often. */
export function times({ low, high }: Amount, factor: number | null): Amount {
  const of = (bound: number | null) => (bound === null || factor === null ? null : bound * factor);
  return { low: of(low), high: of(high) };
}

export const nothing: Amount = { low: 0, high: 0 };
export const unknown: Amount = { low: null, high: null };

/** Tokens of one item of an artifact; the three parts of a pair apart. */
export interface Lengths {
  item: Amount;
  pair?: { prompt: Amount; chosen: Amount; rejected: Amount };
}
