/** A measure of a text that must not tell right from wrong. */
type Features = readonly number[];

/** What is being balanced: the features of the right text less those of the wrong one. */
export interface Balanced {
  features: { right: Features; wrong: Features };
}

/**
 * Turns features into ranks in [0, 1] among all texts of a pool, ties sharing the middle. The difference of the mean
 * ranks of two sides is AUC − ½ of that feature, so sides whose rank differences add up to nothing are at chance.
 */
export function rankerOf(pool: readonly Balanced[]): (features: Features) => number[] {
  const texts = pool.flatMap(({ features }) => [features.right, features.wrong]);
  const columns = (texts[0] ?? []).map((_, column) => midRanks(texts.map((features) => features[column] ?? 0)));
  return (features) => columns.map((ranks, column) => ranks.get(features[column] ?? 0) ?? 0.5);
}

/** Adds up differences and finds the next that brings the sums nearest to nothing. */
export function createScale(size: number): Scale {
  const sums = Array.from({ length: size }, () => 0);
  return {
    tilt: (difference) => sums.reduce((total, sum, at) => total + (sum + (difference[at] ?? 0)) ** 2, 0),
    add(difference) {
      for (const at of sums.keys()) sums[at] = (sums[at] ?? 0) + (difference[at] ?? 0);
    },
  };
}

export interface Scale {
  /** Square of the distance from nothing that the sums would have with this difference. */
  tilt(difference: readonly number[]): number;
  add(difference: readonly number[]): void;
}

function midRanks(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let below = 0;
  const ranks = new Map<number, number>();
  for (const [value, count] of [...counts].sort(([a], [b]) => a - b)) {
    ranks.set(value, (below + count / 2) / values.length);
    below += count;
  }
  return ranks;
}
