import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import type { Store } from '../ports/store.ts';

/** Text in memory before it is written, in characters: of all parts and at most of one. */
const buffered = { all: 2 ** 24, one: 2 ** 20 };

/** Rows that are parsed in one go, before other work has a turn. */
const parsedAtOnce = 1000;

interface PartOptions<T> {
  store: Pick<Store, 'scratch'>;
  /** How many parts; each has to fit into memory. */
  parts: number;
  /** Number of a row's part, from 0. */
  partOf: (row: T) => number;
}

/**
 * Divides rows that are too many for memory into parts, which come one after the other, each with its rows in their order. The
 * parts are files of the store's disk until the last is read.
 */
export async function* inParts<T extends object>(
  rows: AsyncIterable<T> | Iterable<T>,
  { store, parts, partOf }: PartOptions<T>,
): AsyncGenerator<T[]> {
  const folder = await mkdtemp(join(await store.scratch('spill'), 'parts-'));
  const fileOf = (part: number): string => join(folder, `${part}.jsonl`);
  try {
    const waiting = Array.from({ length: parts }, () => '');
    const most = Math.min(buffered.one, buffered.all / parts);
    for await (const row of rows) {
      const part = partOf(row);
      waiting[part] += `${JSON.stringify(row)}\n`;
      if ((waiting[part]?.length ?? 0) < most) continue;
      await appendFile(fileOf(part), waiting[part] ?? '');
      waiting[part] = '';
    }
    for (const [part, text] of waiting.entries()) await appendFile(fileOf(part), text);
    for (let part = 0; part < parts; part += 1) {
      const lines = (await readFile(fileOf(part), 'utf8')).split('\n').slice(0, -1);
      const all: T[] = [];
      for (const line of lines) {
        all.push(JSON.parse(line) as T);
        if (all.length % parsedAtOnce === 0) await otherWork();
      }
      yield all;
      await rm(fileOf(part));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
