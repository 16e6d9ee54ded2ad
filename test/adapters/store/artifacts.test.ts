import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Artifacts, ArtifactShard, Columns } from '../../../ports/artifacts.ts';
import type { Store } from '../../../ports/store.ts';
import { createArtifacts } from '../../../adapters/store/artifacts.ts';
import { openFileStore } from '../../../adapters/store/file.ts';

const home = process.env['CODEPMP_HOME'] ?? fileURLToPath(new URL('../../..', import.meta.url));
const python = join(home, '.setup/python/bin/python');
const columns = {
  text: 'string',
  note: 'string?',
  n: 'int',
  tokens: 'int?',
  score: 'double',
  ok: 'boolean',
  options: 'list<string>',
} as const satisfies Columns;

const anyText = fc.string({ unit: 'grapheme', maxLength: 30 });
const anyRow = fc.record({
  text: anyText,
  note: fc.option(anyText),
  n: fc.maxSafeInteger(),
  tokens: fc.option(fc.nat()),
  score: fc.double({ noNaN: true, noDefaultInfinity: true }),
  ok: fc.boolean(),
  options: fc.array(anyText, { maxLength: 4 }),
}, { noNullPrototype: true });

/** The rows of an artifact that has these shards. */
async function rowsOf(shards: ArtifactShard[]): Promise<object[]> {
  const digest = await artifacts.writeManifest({ type: 'pairs', rows: 0, shards, meta: {} });
  const rows: object[] = [];
  for await (const row of artifacts.rows(digest)) rows.push(row);
  return rows;
}

let place: string;
let store: Store;
let artifacts: Artifacts;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'codepmp-artifacts-'));
  store = await openFileStore({ root: place });
  artifacts = createArtifacts(store);
});
afterEach(() => rm(place, { recursive: true, force: true }));

describe('artifacts', () => {
  it('give rows of JSON lines back as they were, from equal bytes for equal rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 20 }), async (rows) => {
        const shard = await artifacts.writeJsonl(rows);
        expect(shard.rows).toBe(rows.length);
        expect(await artifacts.readJsonl(shard.digest)).toEqual(JSON.parse(JSON.stringify(rows)));
        expect(await artifacts.writeJsonl(rows)).toEqual(shard);
      }),
      { numRuns: 30 },
    );
  });

  it('give rows of parquet back as they were, from equal bytes for equal rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 20 }), async (rows) => {
        const [shard] = await artifacts.writeParquet({ columns, rows });
        expect(shard?.rows).toBe(rows.length);
        expect(await rowsOf(shard ? [shard] : [])).toEqual(rows);
        expect(await artifacts.writeParquet({ columns, rows })).toEqual([shard]);
      }),
      { numRuns: 30 },
    );
  });

  it('split parquet into shards of at most 20,000 rows and read them in order', async () => {
    const rows = Array.from({ length: 40_001 }, (_, n) => ({ n }));
    const shards = await artifacts.writeParquet({ columns: { n: 'int' }, rows });
    expect(shards.map((shard) => shard.rows)).toEqual([20_000, 20_000, 1]);
    const digest = await artifacts.writeManifest({ type: 'pairs', rows: rows.length, shards, meta: {} });
    let at = 0;
    let wrong = 0;
    for await (const row of artifacts.rows<{ n: number }>(digest)) if (row.n !== at++) wrong += 1;
    expect([at, wrong]).toEqual([40_001, 0]);
  });

  it('keep one whole shard of exactly 20,000 rows and one empty shard of none', async () => {
    const full = await artifacts.writeParquet({ columns: { n: 'int' }, rows: Array.from({ length: 20_000 }, (_, n) => ({ n })) });
    expect(full.map((shard) => shard.rows)).toEqual([20_000]);
    const empty = await artifacts.writeParquet({ columns, rows: [] });
    expect(empty.map((shard) => shard.rows)).toEqual([0]);
    expect(await rowsOf(empty)).toEqual([]);
  });

  it('refuse rows that do not fit their columns', async () => {
    const write = (row: object) => artifacts.writeParquet({ columns: { n: 'int' }, rows: [{ n: 1 }, row] });
    await expect(write({ n: 'x' })).rejects.toThrow('row 1, column n: expected int, got "x"');
    await expect(write({ n: null })).rejects.toThrow('row 1, column n: expected int, got null');
    await expect(write({ n: 1.5 })).rejects.toThrow('expected int, got 1.5');
    await expect(write({})).rejects.toThrow('expected int, got undefined');
    await expect(write({ n: 1, m: 2 })).rejects.toThrow('row 1 has a column m that is not declared');
  });

  it('have a manifest in canonical JSON whose digest names them', async () => {
    const shard = await artifacts.writeJsonl([{ a: 1 }]);
    const digest = await artifacts.writeManifest({ type: 'corpus', rows: 1, shards: [shard], meta: { z: 1, a: 2 } });
    expect(await artifacts.readManifest(digest)).toEqual({ format: 1, type: 'corpus', rows: 1, shards: [shard], meta: { a: 2, z: 1 } });
    expect(await artifacts.writeManifest({ meta: { a: 2, z: 1 }, shards: [shard], rows: 1, type: 'corpus' })).toBe(digest);
    await expect(artifacts.readManifest(await store.putBytes(new TextEncoder().encode('{"format":2}')))).rejects.toMatchObject({
      class: 'invalid',
    });
  });

  it.skipIf(!existsSync(python))('are read by pyarrow with the declared types', async () => {
    const row = { text: 'naïve ✓', note: null, n: 2 ** 40, tokens: 7, score: 0.5, ok: true, options: ['a', ''] };
    const [shard] = await artifacts.writeParquet({ columns, rows: [row, { ...row, tokens: null, options: [] }] });
    const program =
      'import json,sys,pyarrow.parquet as p; t=p.read_table(sys.argv[1]); print(json.dumps([[str(f.type) for f in t.schema], t.to_pylist()]))';
    const file = await store.pathOf(shard?.digest ?? '');
    const { stdout } = await promisify(execFile)(python, ['-c', program, file]);
    const [types, rows] = JSON.parse(stdout) as [string[], object[]];
    expect(types).toEqual(['string', 'string', 'int64', 'int64', 'double', 'bool', expect.stringMatching(/^list<element: string/)]);
    expect(rows).toEqual([row, { ...row, tokens: null, options: [] }]);
  });
});
