/** An amount that is foreseen, between two bounds; null: that bound is not known. What is unknown is never 0. */
export interface Amount {
  low: number | null;
  high: number | null;
}

/** An amount with what it was reckoned from, in words. */
export interface Foreseen extends Amount {
  basis: string;
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
  /** Predicted events of the longest history of each workflow, and the bytes of the largest message between two of them. */
  history: { [workflow: string]: { events: number | null; limit: number } };
}

/** The sum; a bound that is unknown in one is unknown in the sum. */
export function plus(a: Amount, b: Amount): Amount {
  return { low: sum(a.low, b.low), high: sum(a.high, b.high) };
}

/** So many times the amount. */
export function times(amount: Amount, factor: Amount): Amount {
  return { low: product(amount.low, factor.low), high: product(amount.high, factor.high) };
}

export const nothing: Amount = { low: 0, high: 0 };
export const unknown: Amount = { low: null, high: null };

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

function product(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a * b;
}
