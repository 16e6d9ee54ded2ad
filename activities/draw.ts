import { firstByRank } from '../items/index.ts';
import type { Store } from '../ports/store.ts';
import { inParts } from './spill.ts';

/** Bytes of JSON that are sorted in memory together. However rows are divided, their order is the same. */
const bytesOfPart = 2 ** 26;

export interface DrawOptions<T> {
  store: Pick<Store, 'scratch'>;
  /** In how many parts the rows are sorted, one of them in memory at a time; a large one is divided again. */
  parts: number;
  /** How many to keep; null: all. */
  take: number | null;
  /** A row's place in [0, 1), which a seed decides. */
  placeOf: (row: T) => number;
}

/** Rows in the order of their places; a smaller take is the beginning of a larger one. */
export async function* drawRows<T extends object>(
  rows: AsyncIterable<T>,
  { store, parts, take, placeOf }: DrawOptions<T>,
): AsyncGenerator<T> {
  let left = take;
  for await (const part of inParts(rows, { store, parts, placeOf, most: bytesOfPart })) {
    const first = firstByRank(part, left, placeOf);
    yield* first;
    if (left !== null) left -= first.length;
    if (left === 0) return;
  }
}
