import { pipeline } from 'node:stream/promises';
import { setImmediate as otherWork } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createZstdCompress, zstdCompressSync, zstdDecompress } from 'node:zlib';
import type { Artifacts, ArtifactShard, Columns, Manifest, Row } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { parseJson, type Digest, type Json } from '../../plan/index.ts';
import { canonicalBytes } from '../../plan/keys.ts';
import { classified } from '../../ports/failure.ts';
import { decodeParquet, encodeParquet } from './parquet.ts';

/** With the default of 16 KB, a thread would be asked for each of many small parts. */
const readTogether = { chunkSize: 2 ** 20 };

const decompress = promisify(zstdDecompress);

/** Rows of a parquet shard, which is in memory while it is written. */
const shardRows = 20_000;
const parquetMagic = 'PAR1';

/** Artifacts in a store. */
export function createArtifacts(store: Store): Artifacts {
  const readJsonl = async (digest: Digest, place?: (row: Row) => number): Promise<Row[]> =>
    allOf(decodeJsonl(await store.getBytes(digest), place));
  const readManifest = async (digest: Digest): Promise<Manifest> => {
    const manifest = parseJson<unknown>(await store.getBytes(digest));
    if (isManifest(manifest)) return manifest;
    throw classified(
      'invalid',
      `blob ${digest} is not an artifact of format 1. Use the codepmp that wrote it, or remove the result that names it and run again`,
    );
  };

  async function* rows(artifact: Digest): AsyncGenerator<Row> {
    for (const { digest } of (await readManifest(artifact)).shards) {
      for await (const rows of decodePortions(await store.getBytes(digest))) yield* rows;
    }
  }

  return {
    writeManifest: (manifest) => store.putBytes(canonicalBytes({ format: 1, ...manifest } as unknown as Json)),
    readManifest,
    writeJsonl: async (given) => {
      const counted = { rows: 0 };
      const bytes = await compressed(linesOf(given, counted));
      return { digest: await store.putBytes(bytes), rows: counted.rows, bytes: bytes.length };
    },
    readJsonl: readJsonl as Artifacts['readJsonl'],
    writeParquet: ({ columns, rows: given }) => writeParquet({ store, columns, rows: given }),
    rows: rows as Artifacts['rows'],
  };
}

async function writeParquet(options: {
  store: Store;
  columns: Columns;
  rows: Iterable<object> | AsyncIterable<object>;
}): Promise<ArtifactShard[]> {
  const { store, columns, rows } = options;
  const source = readAhead(rows);
  const shards: ArtifactShard[] = [];
  do {
    const shard = await encodeParquet(columns, source.take(shardRows));
    shards.push({ digest: await store.putBytes(shard.bytes), rows: shard.rows, bytes: shard.bytes.length });
  } while (await source.hasMore());
  return shards;
}

/** Characters of JSON lines that are compressed at once. */
const piece = 2 ** 20;

/** Pieces of a text as one zstd frame. A single one is compressed at once, which costs a third of what other threads take for it. */
async function compressed(pieces: AsyncGenerator<string>): Promise<Uint8Array> {
  const first = await pieces.next();
  const second = await pieces.next();
  if (second.done) {
    const bytes = Buffer.from(first.value ?? '');
    return zstdCompressSync(bytes, { pledgedSrcSize: bytes.length });
  }
  const all = async function* () {
    yield* [first.value, second.value];
    yield* pieces;
  };
  const parts: Uint8Array[] = [];
  await pipeline(all, createZstdCompress(), async (frame: AsyncIterable<Uint8Array>) => {
    for await (const part of frame) parts.push(part);
  });
  return Buffer.concat(parts);
}

/** The rows of a shard in either format. */
export async function decodeRows(bytes: Uint8Array): Promise<Row[]> {
  return allOf(decodePortions(bytes));
}

/** The rows of a shard in portions, with a turn for other work between two of them. */
function decodePortions(bytes: Uint8Array): AsyncGenerator<Row[]> {
  const isParquet = new TextDecoder().decode(bytes.subarray(0, 4)) === parquetMagic;
  return isParquet ? decodeParquet(bytes) : decodeJsonl(bytes);
}

async function allOf(portions: AsyncIterable<Row[]>): Promise<Row[]> {
  const all: Row[][] = [];
  for await (const rows of portions) all.push(rows);
  return all.flat();
}

/** Rows as JSON lines, in pieces; they are counted on the way. */
async function* linesOf(rows: Iterable<object> | AsyncIterable<object>, counted: { rows: number }): AsyncGenerator<string> {
  let text = '';
  for await (const row of rows) {
    counted.rows += 1;
    text += `${JSON.stringify(row)}\n`;
    if (text.length < piece) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** Takes rows in portions, and knows whether any are left. */
function readAhead(rows: Iterable<object> | AsyncIterable<object>): {
  take(most: number): AsyncGenerator<object>;
  hasMore(): Promise<boolean>;
} {
  const iterator = (async function* () {
    yield* rows;
  })();
  let next: Promise<IteratorResult<object>> | null = null;
  const peek = (): Promise<IteratorResult<object>> => (next ??= iterator.next());
  return {
    hasMore: async () => !(await peek()).done,
    async *take(most) {
      for (let taken = 0; taken < most; taken += 1) {
        const result = await peek();
        if (result.done) return;
        next = null;
        yield result.value;
      }
    },
  };
}

/** Bytes of JSON lines that are parsed in one go. */
const parsed = 2 ** 20;

async function* decodeJsonl(bytes: Uint8Array, place?: (row: Row) => number): AsyncGenerator<Row[]> {
  const lines = await decompress(bytes, readTogether);
  const end = place ? lineBehind(lines, (row) => place(row) <= 0) : lines.length;
  for (let from = place ? lineBehind(lines, (row) => place(row) < 0) : 0; from < end; ) {
    const to = Math.min(endOfLine(lines, from + parsed), end);
    const text = lines.toString('utf8', from, to);
    yield text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]));
    if (to < end) await otherWork();
    from = to;
  }
}

/** Where the first line begins whose row is not before; the lines are in order. */
function lineBehind(lines: Buffer, isBefore: (row: Row) => boolean): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const start = lines.subarray(0, middle).lastIndexOf(newline) + 1;
    const end = endOfLine(lines, middle);
    if (isBefore(JSON.parse(lines.toString('utf8', start, end)) as Row)) low = end;
    else high = start;
  }
  return low;
}

const newline = 10;

/** Where the line ends that has the byte at this position. */
function endOfLine(lines: Buffer, at: number): number {
  const end = lines.indexOf(newline, at);
  return end < 0 ? lines.length : end + 1;
}

function isManifest(value: unknown): value is Manifest {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === 1 &&
    'shards' in value &&
    Array.isArray(value.shards)
  );
}
