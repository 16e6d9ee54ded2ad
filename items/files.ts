import { matchesGlob } from 'node:path';
import { hashOf } from '../plan/keys.ts';

export interface FileChoice {
  include: string[];
  exclude: string[];
}

/** Whether a path inside the source, with `/` between its parts, is asked for. */
export function isWanted(path: string, { include, exclude }: FileChoice): boolean {
  return include.some((pattern) => matchesGlob(path, pattern)) && !exclude.some((pattern) => matchesGlob(path, pattern));
}

/**
 * The first `take` items in an order that the seed shuffles; null takes all. The order depends on each item alone, so a
 * larger take holds a smaller one, and an item that is new displaces few.
 */
export function draw<T extends { path: string }>(items: T[], { take, seed }: { take: number | null; seed: number }): T[] {
  if (take === null) return items;
  const ranked = items.map((item) => ({ item, rank: hashOf({ seed, path: item.path }) }));
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).slice(0, take).map(({ item }) => item);
}
