import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { ByteWriter, parquetWriteRows } from 'hyparquet-writer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTables } from '../../../adapters/sources/index.ts';
import type { PublishedRow } from '../../../ports/tables.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codepmp-tables-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function rowsOf(...files: { name: string; content: string | Uint8Array }[]): Promise<PublishedRow[]> {
  for (const { name, content } of files) await writeFile(join(folder, name), content);
  const read: PublishedRow[] = [];
  for await (const row of createTables().rows(folder, files.map(({ name }) => name))) read.push(row);
  return read;
}

const valuesOf = async (name: string, content: string | Uint8Array) => (await rowsOf({ name, content })).map(({ value }) => value);

const rows = [
  { text: 'naïve ки', n: 1, list: ['a', 'b'] },
  { text: 'two\u2028lines', n: 2, list: [] },
];

const lines = rows.map((row) => JSON.stringify(row));

/** A frame as pzstd writes it: its length is in a frame before it, which decoders skip. */
function parallelFrame(text: string): Buffer[] {
  const frame = zstdCompressSync(text);
  const length = Buffer.alloc(12);
  for (const [index, word] of [0x184d2a50, 4, frame.length].entries()) length.writeUInt32LE(word, 4 * index);
  return [length, frame];
}

describe('a data file', () => {
  it.each<[string, string, string | Uint8Array]>([
    ['JSON lines', 'a.jsonl', lines.join('\n')],
    ['JSON lines named as text, with a byte order mark, CRLF and blank lines', 'a.txt', `\uFEFF${lines.join('\r\n\r\n')}\r\n`],
    ['gzipped JSON lines', 'a.jsonl.gz', gzipSync(lines.join('\n'))],
    ['an array on one line', 'a.json', JSON.stringify(rows)],
    ['an array over many lines', 'a.json', JSON.stringify(rows, null, 2)],
    ['a gzipped array', 'a.json.gz', gzipSync(JSON.stringify(rows))],
    ['an array by zstd', 'a.json.zst', zstdCompressSync(JSON.stringify(rows, null, 2))],
    ['JSON lines in several zstd frames', 'a.jsonl.zst', Buffer.concat(lines.map((line) => zstdCompressSync(`${line}\n`)))],
    ['JSON lines as parallel zstd writes them', 'a.jsonl.zst', Buffer.concat(lines.flatMap((line) => parallelFrame(`${line}\n`)))],
  ])('is read: %s', async (_, name, content) => {
    expect(await valuesOf(name, content)).toEqual(rows);
  });

  it('may be one object over many lines', async () => {
    expect(await valuesOf('a.json', JSON.stringify(rows[0], null, 2))).toEqual([rows[0]]);
  });

  it('has the place of every row, counted from 1 in each file', async () => {
    const content = '{"n": 1}\n\n{"n": 2}\n';
    expect((await rowsOf({ name: 'a.jsonl', content }, { name: 'b.jsonl', content })).map(({ at }) => at)).toEqual([
      'a.jsonl:1',
      'a.jsonl:2',
      'b.jsonl:1',
      'b.jsonl:2',
    ]);
  });

  it('keeps its other rows where a line is no JSON or not UTF-8', async () => {
    const content = Buffer.concat([Buffer.from('{"n": 1}\n{"n": \n'), Buffer.of(0xff, 10), Buffer.from('{"n": 2}')]);
    expect(await valuesOf('a.jsonl', content)).toEqual([{ n: 1 }, undefined, undefined, { n: 2 }]);
  });

  it('that breaks off is refused by its name', async () => {
    await expect(rowsOf({ name: 'a.json', content: '[{"n": 1}, {"n":' })).rejects.toMatchObject({
      class: 'invalid',
      message: expect.stringMatching(`^${join(folder, 'a.json')} cannot be read: .+\\. Download it again, or declare another file$`),
    });
    const gz = gzipSync(lines.join('\n')).subarray(0, 40);
    await expect(rowsOf({ name: 'a.jsonl.gz', content: gz })).rejects.toThrow('unexpected end of file');
    await expect(rowsOf({ name: 'a.parquet', content: 'PAR1 and no more' })).rejects.toThrow(`${join(folder, 'a.parquet')} cannot be read`);
  });
});

describe('a parquet file', () => {
  const messages = [{ role: 'user', content: 'Hi' }];
  const columns = [{ name: 'text' }, { name: 'n' }, { name: 'messages' }];
  const schema = [
    { name: 'root', num_children: 3 },
    { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    { name: 'n', type: 'INT64', repetition_type: 'REQUIRED' },
    { name: 'messages', repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', num_children: 2 },
    { name: 'role', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
    { name: 'content', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  ] as const;

  it.each([
    ['SNAPPY', undefined],
    ['GZIP', gzipSync],
    ['ZSTD', zstdCompressSync],
    ['BROTLI', brotliCompressSync],
  ] as const)('gives rows as JSON would, over its row groups, compressed by %s', async (codec, compress) => {
    const writer = new ByteWriter();
    const written = [0, 1, 2].map((n) => ({ text: n === 1 ? null : `row ${n}`, n: BigInt(n), messages }));
    await parquetWriteRows({
      writer,
      columns: [...columns],
      schema: [...schema],
      rowGroupSize: 2,
      codec,
      ...(compress && { compressors: { [codec]: (bytes: Uint8Array) => compress(bytes) } }),
      rows: (async function* () {
        yield* written;
      })(),
    });
    expect(await valuesOf('a.parquet', new Uint8Array(writer.getBytes()))).toEqual(written.map((row) => ({ ...row, n: Number(row.n) })));
  });
});
