import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Row } from '../../../ports/artifacts.ts';
import type { Store } from '../../../ports/store.ts';
import {
  byOrigin,
  chunkRanges,
  countOrigins,
  placeIn,
  sliceRows,
  sortedByOrigin,
  withOrigins,
  type ChunkRange,
} from '../../../activities/group/slices.ts';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';

const origin = fc.constantFrom('0a', '0b', '3c', '7f', 'a0', 'e1', 'ff').map((digits) => digits.padEnd(64, '0'));
const origins = fc.array(fc.record({ origin, ordinal: fc.nat(5) }), { maxLength: 60 });

const inRange = <T extends { origin: string }>(rows: T[], range: ChunkRange): T[] => rows.filter((row) => placeIn(range)(row) === 0);

it('puts every item into exactly one chunk, in order, and keeps the items of an origin together', async () => {
  await fc.assert(
    fc.asyncProperty(origins, fc.integer({ min: 1, max: 20 }), async (items, size) => {
      const rows = [...items].sort(byOrigin);
      const ranges = chunkRanges(await countOrigins(items), size);
      expect(ranges.flatMap((range) => inRange(rows, range))).toEqual(rows);
      expect(ranges.map((range) => inRange(rows, range).length)).toEqual(ranges.map((range) => range.items));
      const homes = ranges.map((range) => new Set(inRange(rows, range).map((row) => row.origin)));
      expect(homes.reduce((sum, home) => sum + home.size, 0)).toBe(new Set(rows.map((row) => row.origin)).size);
      for (const [index, { items: held }] of ranges.entries()) expect(held <= size || homes[index]?.size === 1).toBe(true);
    }),
    { numRuns: 20 },
  );
});

it('halves what has too many items, and makes no chunk of nothing', async () => {
  const rows = ['00000', '10000', '20000', '7ffff', '80000', 'fffff'].map((origin) => ({ origin }));
  expect(chunkRanges(await countOrigins(rows), 3)).toEqual([
    { lo: '', hi: '40000', items: 3 },
    { lo: '40000', hi: '80000', items: 1 },
    { lo: '80000', hi: null, items: 2 },
  ]);
  expect(chunkRanges(await countOrigins([]), 4)).toEqual([]);
});

it('changes no chunk but its own for one more item', async () => {
  const place = fc.integer({ min: 0, max: 16 ** 5 - 1 }).map((number) => number.toString(16).padStart(5, '0'));
  await fc.assert(
    fc.asyncProperty(fc.array(place, { maxLength: 40 }), place, async (before, more) => {
      const rangesOf = async (all: string[]) => chunkRanges(await countOrigins(all.map((each) => ({ origin: each }))), 4);
      const others = (await rangesOf(before)).filter(({ lo, hi }) => more < lo || (hi !== null && more >= hi));
      expect(await rangesOf([...before, more])).toEqual(expect.arrayContaining(others));
    }),
    { numRuns: 20 },
  );
});

it('reads of an artifact exactly the rows of a chunk, whether it is sorted in shards or not at all', async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  const artifacts = createArtifacts(store);
  await fc.assert(
    fc.asyncProperty(origins, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), async (items, perShard, perChunk) => {
      const rows = [...items].sort(byOrigin);
      const shards = [];
      const starts = [];
      for (let at = 0; at < rows.length; at += perShard) {
        shards.push(await artifacts.writeJsonl(rows.slice(at, at + perShard)));
        starts.push(rows[at]?.origin ?? '');
      }
      const about = { type: 'corpus', rows: rows.length };
      const sorted = await artifacts.writeManifest({ ...about, shards, meta: { starts } });
      const unsorted = await artifacts.writeManifest({ ...about, shards: [await artifacts.writeJsonl(items)], meta: {} });
      for (const artifact of [sorted, unsorted]) {
        const source = await sortedByOrigin({ artifacts, store }, artifact);
        const ranges = chunkRanges(await countOrigins(withOrigins(artifacts, source)), perChunk);
        const slices = await Promise.all(ranges.map((range) => sliceRows(artifacts, source, range)));
        expect(slices.flat()).toEqual(rows);
      }
    }),
    { numRuns: 10 },
  );
});

it('numbers equal questions in their order, whichever shard they are in', async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  const artifacts = createArtifacts(store);
  const parts = [['two', 'one', 'two'], ['one', 'three', 'two']].map((prompts, part) =>
    artifacts.writeJsonl(prompts.map((prompt, place) => ({ prompt, place: 3 * part + place }))),
  );
  const asked = await artifacts.writeManifest({ type: 'questions', rows: 6, shards: await Promise.all(parts), meta: {} });
  const numbers: { [prompt: string]: unknown[] } = {};
  for await (const { prompt, place, ordinal } of artifacts.rows<Row>(await sortedByOrigin({ artifacts, store }, asked)))
    (numbers[String(prompt)] ??= []).push([place, ordinal]);
  expect(numbers).toEqual({ one: [[1, 0], [3, 1]], two: [[0, 0], [2, 1], [5, 2]], three: [[4, 0]] });
});

async function temporaryStore(): Promise<{ store: Store } & AsyncDisposable> {
  const root = await mkdtemp(join(tmpdir(), 'codepmp-slices-'));
  const store = await openFileStore({ root });
  return { store, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}
