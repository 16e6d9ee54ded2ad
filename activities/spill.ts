import { createReadStream } from 'node:fs';
import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../ports/store.ts';

/** Text in memory before it is written, in characters: of all parts and at most of one. */
const buffered = { all: 2 ** 24, one: 2 ** 20 };

/** Bytes of a file that are read and parsed in one go, before other work has a turn. */
const readAtOnce = 2 ** 20;

interface PartOptions<T> {
  store: Pick<Store, 'scratch'>;
  /** In how many parts the places are divided at first. */
  parts: number;
  /** A row's place in [0, 1). Rows of the same place are in the same part. */
  placeOf: (row: T) => number;
  /** Bytes of JSON that a part may have; one that has more is divided again. Default: 256 MiB. */
  most?: number;
}

/**
 * Divides rows that are too many for memory into parts, which come one after the other in the order of places, each with its rows in
 * the order given. The parts are files of the store's disk until the last is read.
 */
export async function* inParts<T extends object>(
  rows: AsyncIterable<T> | Iterable<T>,
  { store, most = 2 ** 28, ...division }: PartOptions<T>,
): AsyncGenerator<T[]> {
  const folder = await mkdtemp(join(await store.scratch('spill'), 'parts-'));
  try {
    yield* divided(rows, { ...division, most, path: join(folder, 'part'), bytes: Infinity });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Division<T> extends Required<Omit<PartOptions<T>, 'store'>> {
  /** Where the names of the parts' files begin. */
  path: string;
  /** Of all rows. A part that has as many cannot be divided: its rows have the same place. */
  bytes: number;
}

async function* divided<T extends object>(rows: AsyncIterable<T> | Iterable<T>, division: Division<T>): AsyncGenerator<T[]> {
  const { parts, placeOf, most, bytes } = division;
  const fileOf = (part: number): string => `${division.path}-${part}`;
  await writeParts(rows, division, fileOf);
  for (let part = 0; part < parts; part += 1) {
    const path = fileOf(part);
    const { size } = await stat(path);
    const inside = { most, path, bytes: size, parts: Math.ceil((2 * size) / most), placeOf: (row: T) => placeOf(row) * parts - part };
    if (size > most && size < bytes) yield* divided(rowsOfFile<T>(path), inside);
    else yield await allOf(rowsOfFile<T>(path));
    await rm(path);
  }
}

async function writeParts<T extends object>(
  rows: AsyncIterable<T> | Iterable<T>,
  { parts, placeOf }: Division<T>,
  fileOf: (part: number) => string,
): Promise<void> {
  const waiting = Array.from({ length: parts }, () => '');
  const most = Math.min(buffered.one, buffered.all / parts);
  for await (const row of rows) {
    const part = Math.floor(placeOf(row) * parts);
    waiting[part] += `${JSON.stringify(row)}\n`;
    if ((waiting[part]?.length ?? 0) < most) continue;
    await appendFile(fileOf(part), waiting[part] ?? '');
    waiting[part] = '';
  }
  for (const [part, text] of waiting.entries()) await appendFile(fileOf(part), text);
}

async function allOf<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** The rows of a file, which may be longer than the longest string. */
async function* rowsOfFile<T>(path: string): AsyncGenerator<T> {
  let begun = '';
  for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: readAtOnce })) {
    const lines = `${begun}${piece as string}`.split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as T;
  }
}
