import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';
import { openDatabase } from '../../../cli/inspect/database.ts';
import type { Database } from '../../../cli/inspect/database.ts';
import { countRows, countValues, openItemTable, pageOfRows } from '../../../cli/inspect/item-table.ts';
import type { ItemTable } from '../../../cli/inspect/item-table.ts';
import type { Artifacts } from '../../../ports/artifacts.ts';
import type { Store } from '../../../ports/store.ts';

let folder: string;
let database: Database;
let artifacts: Artifacts;
let store: Store;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "codepmp-it's [a]*? "));
  store = await openFileStore({ root: join(folder, 'store') });
  artifacts = createArtifacts(store);
  database = await openDatabase(store.root);
});

afterAll(async () => {
  database?.close();
  await rm(folder, { recursive: true, force: true });
});

const item = (n: number) => ({ n, language: n % 3 === 0 ? 'Go' : 'Python', text: 'x'.repeat(n % 100) });

/** The items from 0 to 229 as a table of several shards. */
async function tableIn(format: 'parquet' | 'jsonl'): Promise<ItemTable> {
  const shards = [];
  for (const [first, length] of [[0, 100], [100, 100], [200, 30]] as const) {
    const rows = Array.from({ length }, (_, at) => item(first + at));
    const columns = { n: 'int', language: 'string', text: 'string' } as const;
    shards.push(...(format === 'jsonl' ? [await artifacts.writeJsonl(rows)] : await artifacts.writeParquet({ columns, rows })));
  }
  return openItemTable({ database, artifacts, store }, shards);
}

describe.each(['parquet', 'jsonl'] as const)('items in %s, in a store whose path looks like a pattern', (format) => {
  it('come by their number, across shards', async () => {
    const table = await tableIn(format);
    expect(table).toMatchObject({ format, rows: 230, columns: new Set(['n', 'language', 'text']) });
    for (const from of [0, 75, 190, 225]) {
      const page = await pageOfRows(database, table, { from, most: 50 });
      const expected = Array.from({ length: Math.min(50, 230 - from) }, (_, at) => ({ row: from + at, item: item(from + at) }));
      expect(page).toEqual(expected);
    }
    expect(await pageOfRows(database, table, { from: 230, most: 50 })).toEqual([]);
  });

  it('are narrowed, counted and ordered, and keep their numbers', async () => {
    const table = await tableIn(format);
    const conditions = [{ column: 'language', is: 'Go' }, { column: 'text', of: 'length' as const, least: 90, most: 93 }];
    const numbers = (await pageOfRows(database, table, { conditions, from: 0, most: 50 })).map(({ row }) => row);
    expect(numbers).toEqual([90, 93, 192]);
    expect(await countRows(database, table, conditions)).toBe(3);
    const ordered = await pageOfRows(database, table, { order: { column: 'text', of: 'length' }, from: 1, most: 3 });
    expect(ordered.map(({ row }) => row)).toEqual([199, 98, 198]);
    expect(await countValues(database, table, 'language')).toEqual([{ value: 'Python', rows: 153 }, { value: 'Go', rows: 77 }]);
    expect(await countValues(database, table, 'status')).toEqual([]);
  });
});

describe('the rows of a table', () => {
  it('are read from the file where SQL cannot read them, as with half a character', async () => {
    const rows = [{ text: 'whole' }, { text: 'half \ud800' }, { text: 'zero \u0000' }];
    const table = await openItemTable({ database, artifacts, store }, [await artifacts.writeJsonl(rows)]);
    expect((await pageOfRows(database, table, { from: 0, most: 50 })).map((each) => each.item)).toEqual(rows);
  });

  it('are none where an artifact has no rows', async () => {
    const table = await openItemTable({ database, artifacts, store }, [await artifacts.writeJsonl([])]);
    expect(await pageOfRows(database, table, { from: 0, most: 50 })).toEqual([]);
    expect(await countRows(database, table, [{ column: 'language', is: 'Go' }])).toBe(0);
  });
});

describe('the database', () => {
  it('reads the store and nothing else', async () => {
    const outside = join(folder, 'outside.csv');
    await writeFile(outside, 'a\n1\n');
    await expect(database.query(`select * from read_csv('${outside.replaceAll("'", "''")}')`)).rejects.toThrow('Permission Error');
    await expect(database.query(`select * from read_csv('https://example.org/a.csv')`)).rejects.toThrow('Permission Error');
    await expect(database.query(`set enable_external_access = true`)).rejects.toThrow('configuration has been locked');
    await expect(database.query(`copy (select 1) to '${outside.replaceAll("'", "''")}'`)).rejects.toThrow('Permission Error');
  });
});
