import { parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { setImmediate as otherWork } from 'node:timers/promises';
import { ByteWriter, parquetWriteRows } from 'hyparquet-writer';
import type { Columns, ColumnType, Row } from '../../ports/artifacts.ts';
import type { Json } from '../../plan/index.ts';

/** Rows per row group: one of pairs is a few megabytes. Other work has a turn between two. */
const groupRows = 1_000;

/** Encodes rows as one parquet file; equal rows and columns give equal bytes. Every row must have every column. */
export async function encodeParquet(columns: Columns, rows: AsyncIterable<object>): Promise<{ bytes: Uint8Array; rows: number }> {
  const writer = new ByteWriter();
  const names = Object.keys(columns);
  const schema = [{ name: 'root', num_children: names.length }, ...names.flatMap((name) => schemaOf(name, columnType(columns, name)))];
  let count = 0;
  const checked = async function* (): AsyncGenerator<{ [column: string]: unknown }> {
    for await (const row of rows) {
      yield encodeRow({ columns, row, at: count });
      count += 1;
      if (count % groupRows === 0) await otherWork();
    }
  };
  await parquetWriteRows({
    writer,
    rows: checked(),
    columns: names.map((name) => ({ name })),
    schema,
    rowGroupSize: groupRows,
    createdBy: 'codepmp',
  });
  return { bytes: writer.getBytes(), rows: count };
}

/** The rows of a parquet file, with integers as numbers: a row group at a time, with a turn for other work between two of them. */
export async function* decodeParquet(bytes: Uint8Array): AsyncGenerator<Row[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  let rowStart = 0;
  for (const { num_rows: rows } of metadata.row_groups) {
    if (rowStart > 0) await otherWork();
    const rowEnd = rowStart + Number(rows);
    const read = await parquetReadObjects({ file, metadata, rowStart, rowEnd });
    yield read.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : (value as Json)])),
    );
    rowStart = rowEnd;
  }
}

function columnType(columns: Columns, name: string): ColumnType {
  const type = columns[name];
  if (!type) throw new Error(`no type for the column ${name}`);
  return type;
}

function schemaOf(name: string, type: ColumnType): SchemaElement[] {
  const repetition_type = type.endsWith('?') ? 'OPTIONAL' : 'REQUIRED';
  switch (type) {
    case 'string':
    case 'string?':
      return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }];
    case 'int':
    case 'int?':
      return [{ name, type: 'INT64', repetition_type }];
    case 'double':
    case 'double?':
      return [{ name, type: 'DOUBLE', repetition_type }];
    case 'boolean':
    case 'boolean?':
      return [{ name, type: 'BOOLEAN', repetition_type }];
    case 'list<string>':
      return [
        { name, repetition_type, num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      ];
    default:
      return type satisfies never;
  }
}

function encodeRow(options: { columns: Columns; row: object; at: number }): { [column: string]: unknown } {
  const { columns, row, at } = options;
  const given: { [column: string]: unknown } = { ...row };
  const extra = Object.keys(given).find((name) => !(name in columns));
  if (extra !== undefined) throw new Error(`row ${at} has a column ${extra} that is not declared`);
  const encoded: { [column: string]: unknown } = {};
  for (const [name, type] of Object.entries(columns)) {
    const value = given[name];
    if (!fits(value, type)) throw new Error(`row ${at}, column ${name}: expected ${type}, got ${JSON.stringify(value)?.slice(0, 80)}`);
    encoded[name] = typeof value === 'number' && type.startsWith('int') ? BigInt(value) : value;
  }
  return encoded;
}

function fits(value: unknown, type: ColumnType): boolean {
  if (value === null) return type.endsWith('?');
  switch (type) {
    case 'string':
    case 'string?':
      return typeof value === 'string';
    case 'int':
    case 'int?':
      return Number.isSafeInteger(value);
    case 'double':
    case 'double?':
      return typeof value === 'number';
    case 'boolean':
    case 'boolean?':
      return typeof value === 'boolean';
    case 'list<string>':
      return Array.isArray(value) && value.every((each) => typeof each === 'string');
    default:
      return type satisfies never;
  }
}
