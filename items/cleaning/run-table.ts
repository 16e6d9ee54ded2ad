import type { WideHashes } from './grams.ts';

/** A table of runs of words by their hashes, as both halves and the number of an item, from 1 on. */
export type RunTable = Uint32Array<ArrayBuffer>;

const lanes = 3;

/** A run of words that an item has. */
export interface ItemRun {
  high: number;
  low: number;
  item: number;
}

/** Makes a table of runs; where several items have one, the first is kept. */
export function createRunTable(runs: readonly ItemRun[]): RunTable {
  const size = 2 ** Math.ceil(Math.log2(2 * runs.length + 1));
  const table = new Uint32Array(size * lanes);
  for (const { high, low, item } of runs) {
    const slot = slotOf(table, high, low);
    if (table[slot + 2] === 0) table.set([high, low, item + 1], slot);
  }
  return table;
}

/** The slot that holds a hash, or the free one in which it belongs. */
function slotOf(table: RunTable, high: number, low: number): number {
  const mask = table.length / lanes - 1;
  for (let at = low & mask; ; at = (at + 1) & mask) {
    const slot = at * lanes;
    if (table[slot + 2] === 0 || (table[slot] === high && table[slot + 1] === low)) return slot;
  }
}

/** A run of a text that an item has. */
interface FoundRun {
  item: number;
  /** Number of words before it. */
  at: number;
}

/** The first so many different runs of a text that are in the table. */
export function findRuns(table: RunTable, { high, low }: WideHashes, most: number): FoundRun[] {
  const found = new Map<number, FoundRun>();
  for (let at = 0; at < high.length && found.size < most; at += 1) {
    const slot = slotOf(table, high[at] ?? 0, low[at] ?? 0);
    const item = table[slot + 2] ?? 0;
    if (item > 0 && !found.has(slot)) found.set(slot, { item: item - 1, at });
  }
  return [...found.values()];
}
