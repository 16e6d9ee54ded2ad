import { open } from 'node:fs/promises';
import type { Artifacts, ArtifactShard, Row } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { uncheckedPathOf } from '../../adapters/index.ts';
import type { Database, QueryValues } from './database.ts';
import { sqlPath, sqlText } from './database.ts';

/** Rows of an artifact, or of the chunks that a running step has finished, as SQL reads them from their files. */
export interface ItemTable {
  format: 'parquet' | 'jsonl';
  shards: Pick<ArtifactShard, 'digest' | 'rows'>[];
  rows: number;
  columns: ReadonlySet<string>;
  /** The rows with these numbers, as they are in their file; for those that SQL cannot read. */
  read(numbers: number[]): Promise<Row[]>;
  /** SQL of a relation with a column `row`, the number of the row, and its columns (parquet) or the column `json`; of so many shards. */
  relation(shards?: { first: number; last: number }): string;
  /** SQL of the text in a column. */
  text(column: string): string;
  /** Rows come with other columns joined to them: a part of the shards cannot be read alone, nor does the order of the files hold. */
  joined?: true;
}

export interface TableSource {
  database: Database;
  artifacts: Artifacts;
  store: Pick<Store, 'root' | 'bucket' | 'pathOf'>;
}

/** Opens shards as one table. They are read as they are: only a step that reads them checks their digests. */
export async function openItemTable({ database, artifacts, store }: TableSource, all: ItemTable['shards']): Promise<ItemTable> {
  const shards = all.filter(({ rows }) => rows > 0);
  const paths = await Promise.all(shards.map(({ digest }) => uncheckedPathOf(store, digest)));
  const format = paths[0] !== undefined && (await startsWith(paths[0], 'PAR1')) ? 'parquet' : 'jsonl';
  const starts = shards.map((_, index) => shards.slice(0, index).reduce((sum, { rows }) => sum + rows, 0));
  const relation = ({ first, last } = { first: 0, last: shards.length - 1 }): string => {
    const list = `[${paths.slice(first, last + 1).map(sqlPath).join(', ')}]`;
    if (format === 'parquet')
      return `(select *, file_row_number + [${starts.slice(first, last + 1).join(', ')}][file_index::int + 1] as row from read_parquet(${list}, file_row_number = true))`;
    return `(select json, row_number() over () - 1 + ${starts[first] ?? 0} as row from read_ndjson_objects(${list}, compression = 'zstd', ignore_errors = true))`;
  };
  const read = async (numbers: number[]): Promise<Row[]> => {
    const rows: Row[] = [];
    for (const number of numbers) {
      const shard = shardOf(shards, number);
      const row = (await artifacts.readJsonl(shards[shard]?.digest ?? ''))[number - (starts[shard] ?? 0)];
      if (row) rows.push(row);
    }
    return rows;
  };
  return {
    format,
    shards,
    rows: shards.reduce((sum, { rows }) => sum + rows, 0),
    columns: await columnsOf(database, { format, path: paths[0], relation }),
    read,
    relation,
    text: (column) => (format === 'parquet' ? `"${column}"` : `(json->>${sqlText(`$."${column}"`)})`),
  };
}

/** What a row must fulfil; lengths are in characters. `sql` is a condition as it is. */
export type RowCondition =
  | { column: string; is: string }
  | { column: string; isNot: string }
  | { column: string; of: 'length' | 'number'; least?: number; most?: number }
  | { sql: string };

/** What rows are ordered by, from the largest down; `minus`: another column whose length or number is taken away first. */
export type RowOrder = { column: string; of: 'length' | 'number'; minus?: string } | { sql: string };

export interface NumberedRow {
  /** Number of the row in its artifact, from 0. */
  row: number;
  item: Row;
}

/** So many rows from the `from`-th on that fulfil all conditions, in the order of the artifact or from the largest down. */
export async function pageOfRows(
  database: Database,
  table: ItemTable,
  options: { conditions?: RowCondition[]; order?: RowOrder | null; from: number; most: number },
): Promise<NumberedRow[]> {
  const { conditions = [], order = null, from, most } = options;
  if (table.shards.length === 0) return [];
  const json = table.format === 'parquet' ? 'to_json(t)' : 'json';
  if (conditions.length === 0 && order === null && !table.joined) {
    const shards = { first: shardOf(table.shards, from), last: shardOf(table.shards, from + most - 1) };
    const before = table.shards.slice(0, shards.first).reduce((sum, { rows }) => sum + rows, 0);
    return numbered(database, table, {
      sql: `select row, ${json} as json from ${table.relation(shards)} t limit ${most} offset ${from - before}`,
    });
  }
  const { sql, values } = whereOf(table, conditions);
  const by = order ? ` order by ${orderOf(table, order)} desc nulls last, row` : table.joined ? ' order by row' : '';
  return numbered(database, table, {
    sql: `select row, ${json} as json from ${table.relation()} t${sql}${by} limit ${most} offset ${from}`,
    values,
  });
}

/** Rows that fulfil all conditions. */
export async function countRows(database: Database, table: ItemTable, conditions: RowCondition[]): Promise<number> {
  if (conditions.length === 0 || table.shards.length === 0) return table.rows;
  const { sql, values } = whereOf(table, conditions);
  const [counted] = await database.query<{ count: string }>(`select count(*) as count from ${table.relation()}${sql}`, values);
  return Number(counted?.count ?? 0);
}

/** The most frequent values of a column, at most 100, with their rows. */
export async function countValues(database: Database, table: ItemTable, column: string): Promise<{ value: string; rows: number }[]> {
  if (table.shards.length === 0 || !table.columns.has(column)) return [];
  const text = `${table.text(column)}::varchar`;
  const counted = await database.query<{ value: string | null; count: string }>(
    `select ${text} as value, count(*) as count from ${table.relation()} group by 1 order by count(*) desc, 1 limit 100`,
  );
  return counted.flatMap(({ value, count }) => (value === null ? [] : [{ value, rows: Number(count) }]));
}

async function numbered(database: Database, table: ItemTable, query: { sql: string; values?: QueryValues }): Promise<NumberedRow[]> {
  const found = await database.query<{ row: string; json: string | null }>(query.sql, query.values);
  return Promise.all(
    found.map(async ({ row, json }) => {
      const [item = {}] = json === null ? await table.read([Number(row)]) : [withoutPlace(JSON.parse(json) as Row)];
      return { row: Number(row), item };
    }),
  );
}

/** A row without the columns that say where it was found. */
function withoutPlace(found: Row): Row {
  return Object.fromEntries(Object.entries(found).filter(([column]) => column !== 'row' && column !== 'file_row_number'));
}

function whereOf(table: ItemTable, conditions: RowCondition[]): { sql: string; values: QueryValues } {
  const values: QueryValues = {};
  const bind = (value: string | number): string => {
    const name = `v${Object.keys(values).length}`;
    values[name] = value;
    return `$${name}`;
  };
  const parts = conditions.flatMap((condition): string[] => {
    if ('sql' in condition) return [condition.sql];
    if ('is' in condition) return [`${table.text(condition.column)}::varchar = ${bind(condition.is)}`];
    if ('isNot' in condition) return [`${table.text(condition.column)}::varchar <> ${bind(condition.isNot)}`];
    const { column, of, least, most } = condition;
    return [
      ...(least === undefined ? [] : [`${amountOf(table, column, of)} >= ${bind(least)}`]),
      ...(most === undefined ? [] : [`${amountOf(table, column, of)} <= ${bind(most)}`]),
    ];
  });
  return { sql: parts.length === 0 ? '' : ` where ${parts.join(' and ')}`, values };
}

function orderOf(table: ItemTable, order: RowOrder): string {
  if ('sql' in order) return order.sql;
  const { column, of, minus } = order;
  return `${amountOf(table, column, of)}${minus === undefined ? '' : ` - ${amountOf(table, minus, of)}`}`;
}

function amountOf(table: ItemTable, column: string, of: 'length' | 'number'): string {
  return of === 'length' ? `length(${table.text(column)})` : `${table.text(column)}::double`;
}

/** Place of the shard that holds a row; the last one for rows behind the end. */
function shardOf(shards: ItemTable['shards'], row: number): number {
  let left = row;
  const found = shards.findIndex(({ rows }) => (left -= rows) < 0);
  return found === -1 ? Math.max(0, shards.length - 1) : found;
}

async function columnsOf(
  database: Database,
  { format, path, relation }: { format: string; path: string | undefined; relation: ItemTable['relation'] },
): Promise<Set<string>> {
  if (path === undefined) return new Set();
  const names =
    format === 'parquet'
      ? await database.query<{ name: string }>(`select column_name as name from (describe select * from read_parquet(${sqlPath(path)}))`)
      : await database.query<{ name: string }>(
          `select unnest(json_keys(json)) as name from (select json from ${relation({ first: 0, last: 0 })} where json is not null limit 1)`,
        );
  return new Set(names.map(({ name }) => name));
}

async function startsWith(path: string, magic: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === magic;
  } finally {
    await file.close();
  }
}
