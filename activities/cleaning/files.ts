import { closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** What a rank made: files by what they hold, and facts. */
export interface RankOutput<File extends string, Facts> {
  files: { [file in File]: string };
  facts: Facts;
}

/** A row that goes, and why. A duplicate names the text that stays in its place and how similar it is. */
export interface DroppedRow {
  origin: string;
  ordinal: number;
  repository: string;
  path: string;
  commit: string;
  licence: string;
  language: string;
  reason: string;
  detail: string;
  witness: string;
  similarity: number | null;
}

/** What each line of a compressed file of JSON lines holds. Lines stay bytes until their turn: a file is in memory once. */
export function* valuesIn<T>(path: string): Generator<T> {
  const bytes = zstdDecompressSync(readFileSync(path));
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf('\n', from);
    yield JSON.parse(bytes.toString('utf8', from, end)) as T;
    from = end + 1;
  }
}

/** Lines become bytes one by one: all of a file together may be longer than the longest string. */
export function writeLines(folder: string, name: string, lines: readonly string[]): string {
  const bytes = Buffer.allocUnsafe(lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0));
  let at = 0;
  for (const line of lines) {
    at += bytes.write(line, at);
    at += bytes.write('\n', at);
  }
  return writeBytes(folder, name, zstdCompressSync(bytes));
}

export function writeBytes(folder: string, name: string, ...parts: Uint8Array[]): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

/** The bytes of an array, as this machine has them in memory: little-endian wherever codepmp runs. */
export function bytesOf(array: Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Files of a thread that are open at the same time; a corpus may have thousands, and a process may open some thousands in all. */
const mostOpen = 64;

/** Files that are read in pieces; the last ones stay open. */
export class OpenFiles implements Disposable {
  readonly #open = new Map<string, number>();

  /** So many bytes from an offset on. Throws if the file ends before. */
  read(path: string, from: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    const file = this.#open.get(path) ?? this.#opened(path);
    for (let at = 0; at < length; ) {
      const read = readSync(file, bytes, at, length - at, from + at);
      if (read === 0) throw new Error(`${path} ends before byte ${from + length}`);
      at += read;
    }
    return bytes;
  }

  #opened(path: string): number {
    const [oldest] = this.#open;
    if (oldest && this.#open.size === mostOpen) {
      closeSync(oldest[1]);
      this.#open.delete(oldest[0]);
    }
    const file = openSync(path, 'r');
    this.#open.set(path, file);
    return file;
  }

  numbers(path: string, from: number, length: number): Uint32Array {
    return new Uint32Array(this.read(path, from * 4, length * 4).buffer);
  }

  [Symbol.dispose](): void {
    for (const file of this.#open.values()) closeSync(file);
  }
}
