/** An expected amount between two bounds; null: that bound is unknown. An unknown amount is never 0. */
export interface Amount {
  low: number | null;
  high: number | null;
}

/** An expected amount with its basis in words. */
export interface Foreseen extends Amount {
  basis: string;
  /** If some parts have no upper bound: the sum of the others, and the number of those without. */
  known?: { low: number | null; high: number; unknown: number };
}

/** What a run without any reuse would need, as far as the compiler can know. */
export interface PlanEstimate {
  /** The most calls by endpoint, assuming that no item is dropped. null: known once a source is read. */
  calls: { [endpoint: string]: number | null };
  tokens: { [endpoint: string]: { prompt: Foreseen; completion: Foreseen } };
  /** By pool; pools without GPUs are left out. */
  gpu_hours: { [pool: string]: Foreseen };
  /** In the currency of the configuration; null: nothing used has a price. */
  money: Foreseen | null;
  /** Events of the longest history of each workflow, when nothing fails; null: known once a source is read. */
  history: { [workflow: string]: number | null };
}

/**
 * The sum. An unknown lower bound counts as nothing, since the sum of the others is still a lower bound; an unknown upper bound makes
 * that of the sum unknown.
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

/** What one of the two is, whichever. */
export function either(a: Amount, b: Amount): Amount {
  const low = a.low === null || b.low === null ? null : Math.min(a.low, b.low);
  return { low, high: a.high === null || b.high === null ? null : Math.max(a.high, b.high) };
}

export const nothing: Amount = { low: 0, high: 0 };
export const unknown: Amount = { low: null, high: null };

/** Tokens of one item of an artifact; the three parts of a pair apart. */
export interface Lengths {
  item: Amount;
  pair?: { prompt: Amount; chosen: Amount; rejected: Amount };
}
