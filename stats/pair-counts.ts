/** How many pairs have which values on their sides. */
export interface PairCounts {
  /** Whole numbers from 0. Those above 255 count as equal to others that differ by up to 3 %. */
  add(chosen: number, rejected: number): void;
  /** Pairs, those whose chosen value is larger, and those with equal values, all exactly. */
  seen: { pairs: number; larger: number; equal: number };
  /** Pairs by the ranks of their values. */
  cells(): Iterable<{ chosen: number; rejected: number; pairs: number }>;
}

/** More than there are ranks. */
const ranks = 4096;

/** Values below are their own rank. */
const exact = 256;

/** Ranks of a doubling above. */
const ofDoubling = 32;

/** Largest value; larger ones count as this. */
const largest = 2 ** 30;

/** Counts of these pairs and of those added later. Takes the memory of the different values, not of the pairs. */
export function createPairCounts(values: Iterable<readonly [chosen: number, rejected: number]> = []): PairCounts {
  const counts = new Map<number, number>();
  const seen = { pairs: 0, larger: 0, equal: 0 };
  const add = (chosen: number, rejected: number): void => {
    seen.pairs += 1;
    if (chosen > rejected) seen.larger += 1;
    if (chosen === rejected) seen.equal += 1;
    const key = rankOfValue(chosen) * ranks + rankOfValue(rejected);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const [chosen, rejected] of values) add(chosen, rejected);
  function* cells(): Generator<{ chosen: number; rejected: number; pairs: number }> {
    for (const [key, pairs] of counts) yield { chosen: Math.floor(key / ranks), rejected: key % ranks, pairs };
  }
  return { add, seen, cells };
}

/** The counts of several together. */
export function joinedCounts(all: readonly PairCounts[]): Pick<PairCounts, 'seen' | 'cells'> {
  const sum = (of: keyof PairCounts['seen']): number => all.reduce((total, { seen }) => total + seen[of], 0);
  return {
    seen: { pairs: sum('pairs'), larger: sum('larger'), equal: sum('equal') },
    *cells() {
      for (const each of all) yield* each.cells();
    },
  };
}

function rankOfValue(value: number): number {
  if (value < exact) return Math.max(0, value);
  const of = Math.min(value, largest);
  const doubling = Math.floor(Math.log2(of));
  return exact + (doubling - Math.log2(exact)) * ofDoubling + Math.floor((of / 2 ** doubling - 1) * ofDoubling);
}
