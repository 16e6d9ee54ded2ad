import { digestOf } from '../../plan/keys.ts';
import { createKept, type Digest, type JsonObject } from '../../plan/index.ts';
import type { Artifacts, ArtifactShard, Manifest, Row } from '../../ports/artifacts.ts';
import type { Dependencies } from '../dependencies.ts';
import { inParts } from '../spill.ts';

/** A row whose origin is known: the digest of the source item it was made from, and its place among equal ones. */
export interface OriginRow extends Row {
  origin: Digest;
  ordinal: number;
}

/** One chunk of a group: origins from `lo` (inclusive) to `hi` (exclusive; null is the open end). */
export interface ChunkRange {
  lo: Digest | '';
  hi: Digest | null;
  items: number;
  /** The growth of the corpus that its items are of; absent for those that it began with. */
  growth?: number;
}

/** A row whose place among equal ones may not be known yet. */
type UnnumberedRow = Row & { origin: Digest; ordinal?: number };

/** Rows of an artifact with their origins. Questions are their own origins, and the origins of their candidates. */
export async function* withOrigins(artifacts: Artifacts, artifact: Digest): AsyncGenerator<UnnumberedRow> {
  for await (const row of artifacts.rows<Row>(artifact)) yield typeof row['origin'] === 'string' ? (row as OriginRow) : withOrigin(row);
}

function withOrigin(row: Row): UnnumberedRow {
  const isSample = typeof row['ordinal'] === 'number';
  const asked = isSample ? `${String(row['question'])} ${String(row['rm_prompt'])}` : String(row['prompt']);
  return { ...row, origin: digestOf(new TextEncoder().encode(asked)) };
}

/** Equal questions are numbered in their order; other rows have their numbers. */
function numbered(rows: readonly UnnumberedRow[]): OriginRow[] {
  const seen = new Map<Digest, number>();
  return rows.map((row) => {
    if (typeof row.ordinal === 'number') return row as OriginRow;
    const ordinal = seen.get(row.origin) ?? 0;
    seen.set(row.origin, ordinal + 1);
    return { ...row, ordinal };
  });
}

/** The shards of an artifact that is sorted: each by its origins, and those of one growth of its corpus among each other. */
interface SortedShards {
  /** The origin at which each shard starts. */
  starts: Digest[];
  /** The growth that each shard is of: 0 for what the corpus began with. */
  growths: number[];
}

/** How the shards of a sorted artifact are ordered; null for an artifact that is not sorted. */
export function sortedShards({ shards, meta }: Pick<Manifest, 'shards' | 'meta'>): SortedShards | null {
  const { starts, growths = shards.map(() => 0) } = meta as unknown as Partial<SortedShards>;
  return starts ? { starts, growths } : null;
}

/** The same for the manifest. Growths are in that of a corpus that has grown alone. */
export function metaOfSorted({ starts, growths }: SortedShards): JsonObject {
  return { starts, ...(growths.some((growth) => growth > 0) && { growths }) };
}

/** Rows of a shard of a sorted artifact, so few that a chunk reads hardly more than its own, and those that are sorted at once. */
const rowsOf = { shard: 1000, part: 10_000 };

/** An artifact in the order of origins, whose manifest says where each shard starts: itself if it is, else a sorted copy. */
export async function sortedByOrigin(dependencies: Pick<Dependencies, 'artifacts' | 'store'>, artifact: Digest): Promise<Digest> {
  return sortedShards(await dependencies.artifacts.readManifest(artifact)) ? artifact : sortedCopy(dependencies, artifact);
}

/** A copy of an artifact in the order of origins, as if its corpus had never grown. */
export async function sortedCopy({ artifacts, store }: Pick<Dependencies, 'artifacts' | 'store'>, artifact: Digest): Promise<Digest> {
  const { type, rows: count } = await artifacts.readManifest(artifact);
  const parts = Math.max(1, Math.ceil(count / rowsOf.part));
  const placeOf = ({ origin }: UnnumberedRow): number => placeOfOrigin(origin) / places;
  const shards: ArtifactShard[] = [];
  const starts: Digest[] = [];
  for await (const part of inParts(withOrigins(artifacts, artifact), { store, parts, placeOf })) {
    const sorted = numbered(part).sort(byOrigin);
    for (let at = 0; at < sorted.length; at += rowsOf.shard) {
      const rows = sorted.slice(at, at + rowsOf.shard);
      shards.push(await artifacts.writeJsonl(rows));
      starts.push(rows[0]?.origin ?? '');
    }
  }
  return artifacts.writeManifest({ type, rows: count, shards, meta: { starts } });
}

/** Manifests kept in memory: that of 28 million rows takes ten megabytes, and every chunk needs it. */
const open = createKept<Digest, Promise<Manifest>>(4);

/** The rows of one chunk of a sorted artifact, of which only the shards that overlap the chunk are read. */
export async function sliceRows(artifacts: Artifacts, artifact: Digest, range: ChunkRange): Promise<OriginRow[]> {
  const manifest = await open(artifact, () => artifacts.readManifest(artifact));
  const { starts = [], growths = [] } = sortedShards(manifest) ?? {};
  const rows: OriginRow[] = [];
  for (const [index, { digest }] of manifest.shards.entries()) {
    if (growths[index] !== (range.growth ?? 0)) continue;
    const [start = '', next = null] = [starts[index], growths[index + 1] === growths[index] ? starts[index + 1] : null];
    const overlaps = (range.hi === null || start < range.hi) && (next === null || next >= range.lo);
    if (overlaps) for (const row of await artifacts.readJsonl<OriginRow>(digest, placeIn(range))) rows.push(row);
  }
  return rows;
}

/** Where an origin lies: below 0 before the chunk, 0 in it, above 0 behind it. */
export function placeIn({ lo, hi }: ChunkRange): (row: { origin: Digest }) => number {
  return ({ origin }) => (origin < lo ? -1 : Number(hi !== null && origin >= hi));
}

/** Order of items everywhere: by origin, then by ordinal. */
export function byOrigin(a: { origin: string; ordinal: number }, b: { origin: string; ordinal: number }): number {
  if (a.origin !== b.origin) return a.origin < b.origin ? -1 : 1;
  return a.ordinal - b.ordinal;
}

/** Digits of an origin that may decide about its chunk, and how many places they distinguish. */
const digits = 5;
const places = 16 ** digits;

function placeOfOrigin(origin: Digest): number {
  return Number.parseInt(origin.slice(0, digits).padEnd(digits, '0'), 16);
}

/** Counts origins by their first digits. */
export async function countOrigins(origins: AsyncIterable<{ origin: Digest }> | Iterable<{ origin: Digest }>): Promise<Uint32Array> {
  const counts = new Uint32Array(places);
  for await (const { origin } of origins) {
    const place = placeOfOrigin(origin);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

/**
 * Cuts origins into chunks of at most `size` items where their first digits allow. A range with more is halved, so that its edges depend on
 * the items inside it alone: a new item changes the chunk it belongs to, or divides it, and no other.
 */
export function chunkRanges(counts: Uint32Array, size: number): ChunkRange[] {
  const below = new Float64Array(counts.length + 1);
  counts.forEach((count, place) => (below[place + 1] = (below[place] ?? 0) + count));
  const ranges: ChunkRange[] = [];
  const cut = (from: number, to: number): void => {
    const items = (below[to] ?? 0) - (below[from] ?? 0);
    if (items === 0) return;
    const middle = (from + to) / 2;
    if (items <= size || to - from === 1) ranges.push({ lo: edgeAt(from) ?? '', hi: edgeAt(to), items });
    else {
      cut(from, middle);
      cut(middle, to);
    }
  };
  cut(0, counts.length);
  return ranges;
}

/** The digits at which a place begins; null at either end. */
function edgeAt(place: number): string | null {
  return place === 0 || place === places ? null : place.toString(16).padStart(digits, '0');
}
