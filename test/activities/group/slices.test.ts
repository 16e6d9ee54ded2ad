import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Store } from '../../../ports/store.ts';
import { byOrigin, chunkRanges, inRange, sliceRows } from '../../../activities/group/slices.ts';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';

const origins = fc.array(fc.record({ origin: fc.constantFrom('0a', '0b', '3c', '7f', 'a0', 'e1', 'ff'), ordinal: fc.nat(5) }), {
  maxLength: 60,
});

it('puts every item into exactly one chunk, in order, and keeps the items of an origin together', () => {
  fc.assert(
    fc.property(origins, fc.integer({ min: 1, max: 20 }), (items, size) => {
      const rows = [...items].sort(byOrigin);
      const ranges = chunkRanges(rows, size);
      expect(ranges.flatMap((range) => inRange(rows, range))).toEqual(rows);
      expect(ranges.map((range) => inRange(rows, range).length)).toEqual(ranges.map((range) => range.items));
      const homes = ranges.map((range) => new Set(inRange(rows, range).map((row) => row.origin)));
      expect(homes.reduce((sum, home) => sum + home.size, 0)).toBe(new Set(rows.map((row) => row.origin)).size);
    }),
  );
});

it('cuts chunks of the size asked for where origins allow', () => {
  const rows = Array.from({ length: 10 }, (_, index) => ({ origin: `${index}`, ordinal: 0 }));
  expect(chunkRanges(rows, 4).map((range) => range.items)).toEqual([4, 4, 2]);
});

it('makes no chunk of nothing', () => {
  expect(chunkRanges([], 4)).toEqual([]);
});

it('reads of a corpus in several shards exactly the rows of a chunk', async () => {
  await using temporary = await temporaryStore();
  const artifacts = createArtifacts(temporary.store);
  await fc.assert(
    fc.asyncProperty(origins, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), async (items, perShard, perChunk) => {
      const rows = [...items].sort(byOrigin);
      const shards = [];
      const starts = [];
      for (let at = 0; at < rows.length; at += perShard) {
        shards.push(await artifacts.writeJsonl(rows.slice(at, at + perShard)));
        starts.push(rows[at]?.origin ?? '');
      }
      const artifact = await artifacts.writeManifest({ type: 'corpus', rows: rows.length, shards, meta: { starts } });
      const slices = await Promise.all(chunkRanges(rows, perChunk).map((range) => sliceRows(artifacts, artifact, range)));
      expect(slices.flat()).toEqual(rows);
    }),
    { numRuns: 20 },
  );
});

async function temporaryStore(): Promise<{ store: Store } & AsyncDisposable> {
  const root = await mkdtemp(join(tmpdir(), 'codepmp-slices-'));
  const store = await openFileStore({ root });
  return { store, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}
