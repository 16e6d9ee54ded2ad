import { digestOf } from '../../plan/keys.ts';
import type { Digest } from '../../plan/index.ts';
import type { Artifacts, Row } from '../../ports/artifacts.ts';

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
}

/**
 * Rows of an artifact that enters a group, sorted by origin and ordinal. Questions are their own origins, and the origins of their
 * candidates.
 */
export async function originRows(artifacts: Artifacts, artifact: Digest): Promise<OriginRow[]> {
  const rows: OriginRow[] = [];
  const seen = new Map<Digest, number>();
  for await (const row of artifacts.rows<Row>(artifact)) {
    if (typeof row['origin'] === 'string') {
      rows.push(row as OriginRow);
      continue;
    }
    const isSample = typeof row['ordinal'] === 'number';
    const asked = isSample ? `${String(row['question'])} ${String(row['rm_prompt'])}` : String(row['prompt']);
    const origin = digestOf(new TextEncoder().encode(asked));
    const ordinal = isSample ? Number(row['ordinal']) : (seen.get(origin) ?? 0);
    seen.set(origin, ordinal + 1);
    rows.push({ ...row, origin, ordinal });
  }
  return rows.sort(byOrigin);
}

/**
 * The rows of one chunk of an artifact that enters a group. For a corpus, whose manifest says where its shards start, only the shards
 * that overlap the chunk are read.
 */
export async function sliceRows(artifacts: Artifacts, artifact: Digest, range: ChunkRange): Promise<OriginRow[]> {
  const { shards, meta } = await artifacts.readManifest(artifact);
  const starts = meta['starts'] as Digest[] | undefined;
  if (!starts) return inRange(await originRows(artifacts, artifact), range);
  const wanted = shards.filter((_, index) => {
    const [start = '', next = null] = [starts[index], starts[index + 1]];
    return (range.hi === null || start < range.hi) && (next === null || next >= range.lo);
  });
  const rows = await Promise.all(wanted.map((shard) => artifacts.readJsonl<OriginRow>(shard.digest)));
  return inRange(rows.flat(), range);
}

/** Order of items everywhere: by origin, then by ordinal. */
export function byOrigin(a: { origin: string; ordinal: number }, b: { origin: string; ordinal: number }): number {
  if (a.origin !== b.origin) return a.origin < b.origin ? -1 : 1;
  return a.ordinal - b.ordinal;
}

/** Cuts sorted rows into chunks of about `size` items; items of one origin stay together. */
export function chunkRanges(rows: { origin: Digest }[], size: number): ChunkRange[] {
  const starts: number[] = [];
  for (let at = 0; at < rows.length; ) {
    starts.push(at);
    at = Math.min(at + size, rows.length);
    while (at < rows.length && rows[at]?.origin === rows[at - 1]?.origin) at++;
  }
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? rows.length;
    const lo = index === 0 ? '' : (rows[start]?.origin ?? '');
    return { lo, hi: rows[end]?.origin ?? null, items: end - start };
  });
}

/** The rows of one chunk. */
export function inRange<T extends { origin: Digest }>(rows: T[], { lo, hi }: ChunkRange): T[] {
  return rows.filter((row) => row.origin >= lo && (hi === null || row.origin < hi));
}
