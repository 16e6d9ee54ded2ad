import { hash } from 'node:crypto';

/** A place in [0, 1) that these words alone decide, so that an item keeps its place whatever else there is. */
export function rankOf(...words: (string | number)[]): number {
  return Number.parseInt(hash('sha256', JSON.stringify(words)).slice(0, 13), 16) / 16 ** 13;
}

/** Items in the order of their ranks, the first `take` of them; null: all. A smaller take is the beginning of a larger one. */
export function firstByRank<T>(items: readonly T[], take: number | null, rank: (item: T, index: number) => number): T[] {
  const ranks = Float64Array.from(items, rank);
  const order = Array.from(ranks.keys()).sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0) || a - b);
  return order.slice(0, take ?? order.length).map((index) => items[index] as T);
}

/** Divides items by their groups: this share of the groups is held out for the test, whatever the seed of a draw. Order stays. */
export function heldOut<T>(
  items: readonly T[],
  { share, groupOf }: { share: number; groupOf: (item: T) => string },
): { train: T[]; test: T[] } {
  const groups = [...new Set(items.map(groupOf))];
  const held = new Set(firstByRank(groups, Math.round(share * groups.length), (group) => rankOf('held out', group)));
  return { train: items.filter((item) => !held.has(groupOf(item))), test: items.filter((item) => held.has(groupOf(item))) };
}
