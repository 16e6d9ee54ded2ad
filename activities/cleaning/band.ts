import { buckets } from '../../items/index.ts';
import { bytesOf, OpenFiles, writeBytes } from './files.ts';
import type { RankOutput } from './files.ts';
import { bandsHead, newEntry } from './sign.ts';

/** Some buckets of some bands of all signed texts. */
export interface BandJob {
  folder: string;
  signed: SignedBands[];
  /** Bands from the first (inclusive) to the last (exclusive), and buckets likewise. */
  bands: [number, number];
  buckets: [number, number];
  /** Texts in all. */
  total: number;
}

/** Bands of one shard of signed texts. */
export interface SignedBands {
  bands: string;
  /** Number of its first text among all. */
  offset: number;
}

export type BandFile = 'edges';

/** Numbers of texts that the later ends of a part of the edges come from. */
export const textsOfPart = 2 ** 16;

/** A text is compared with so many of those that share a band with it, the first ones: a group of n equal texts has 8n edges. */
const compared = 8;

/** Parts of the edges between so many texts. */
export function partsOfEdges(total: number): number {
  return Math.ceil(total / textsOfPart);
}

/**
 * Finds texts that agree in a band. `edges` begins with where each part starts and the last one ends; then an edge is 64 bits, the
 * later text above the earlier one, whose top bit says that it is not of the earlier corpus. Sorted, each edge once.
 */
export async function band({ folder, signed, bands, buckets: range, total }: BandJob): Promise<RankOutput<BandFile, { edges: number }>> {
  using files = new OpenFiles();
  const found = new Edges();
  for (let each = bands[0]; each < bands[1]; each += 1) {
    const sections = signed.map(({ bands: path, offset }) => sectionOf(files, { path, offset, from: each * buckets, range }));
    for (let bucket = range[0]; bucket < range[1]; bucket += 1) connect(entriesOfBucket(sections, bucket - range[0]), found);
  }
  const edges = found.sorted();
  const starts = startsOfParts(edges, partsOfEdges(total));
  return { files: { edges: writeBytes(folder, 'edges', bytesOf(starts), bytesOf(edges)) }, facts: { edges: edges.length / 2 } };
}

/** Where the edges of each part start, and where the last part ends. */
function startsOfParts(edges: Uint32Array, parts: number): Uint32Array {
  const starts = new Uint32Array(parts + 1);
  for (let at = 1; at < edges.length; at += 2) {
    const part = Math.floor((edges[at] ?? 0) / textsOfPart);
    starts[part + 1] = (starts[part + 1] ?? 0) + 1;
  }
  for (let part = 1; part <= parts; part += 1) starts[part] = (starts[part] ?? 0) + (starts[part - 1] ?? 0);
  return starts;
}

interface Section {
  offset: number;
  /** Where each bucket of the range starts, in entries of the section. */
  starts: Uint32Array;
  entries: Uint32Array;
}

interface SectionPlace {
  path: string;
  offset: number;
  from: number;
  range: [number, number];
}

function sectionOf(files: OpenFiles, { path, offset, from, range }: SectionPlace): Section {
  const [first, last] = range;
  const starts = files.numbers(path, from + first, last - first + 1);
  const [start, end] = [starts[0] ?? 0, starts.at(-1) ?? 0];
  return { offset, starts: starts.map((each) => each - start), entries: files.numbers(path, bandsHead + 2 * start, 2 * (end - start)) };
}

/** Hash above place of every entry of a bucket, sorted: of one hash, texts of the earlier corpus come first, then by number. */
function entriesOfBucket(sections: readonly Section[], bucket: number): BigUint64Array {
  const count = sections.reduce((sum, { starts }) => sum + (starts[bucket + 1] ?? 0) - (starts[bucket] ?? 0), 0);
  const keys = new BigUint64Array(count);
  const halves = new Uint32Array(keys.buffer);
  let at = 0;
  for (const { offset, starts, entries } of sections)
    for (let entry = starts[bucket] ?? 0; entry < (starts[bucket + 1] ?? 0); entry += 1) {
      halves[at] = (entries[2 * entry + 1] ?? 0) + offset;
      halves[at + 1] = entries[2 * entry] ?? 0;
      at += 2;
    }
  return keys.sort();
}

function connect(keys: BigUint64Array, found: Edges): void {
  const halves = new Uint32Array(keys.buffer);
  let start = 0;
  for (let at = 1; at < keys.length; at += 1) {
    if (halves[2 * at + 1] !== halves[2 * start + 1]) start = at;
    const later = halves[2 * at] ?? 0;
    if (later < newEntry) continue;
    for (let earlier = start; earlier < Math.min(at, start + compared); earlier += 1) found.add(later - newEntry, halves[2 * earlier] ?? 0);
  }
}

/** Edges in the order they are found. */
class Edges {
  #halves = new Uint32Array(2 ** 16);
  #length = 0;

  add(later: number, earlier: number): void {
    if (this.#length === this.#halves.length) {
      const larger = new Uint32Array(this.#length * 2);
      larger.set(this.#halves);
      this.#halves = larger;
    }
    this.#halves[this.#length] = earlier;
    this.#halves[this.#length + 1] = later;
    this.#length += 2;
  }

  sorted(): Uint32Array {
    return sortedEdges(this.#halves.subarray(0, this.#length));
  }
}

/** Edges by their later end, then by the earlier one, each once; the array is sorted in place. */
export function sortedEdges(halves: Uint32Array<ArrayBuffer>): Uint32Array {
  new BigUint64Array(halves.buffer, halves.byteOffset, halves.length / 2).sort();
  let kept = 0;
  for (let at = 0; at < halves.length; at += 2) {
    const [earlier = 0, later = 0] = [halves[at], halves[at + 1]];
    if (kept > 0 && halves[kept - 2] === earlier && halves[kept - 1] === later) continue;
    halves[kept] = earlier;
    halves[kept + 1] = later;
    kept += 2;
  }
  return halves.subarray(0, kept);
}
