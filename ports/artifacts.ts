import type { Digest, JsonObject } from '../plan/index.ts';

/** One file of an artifact. */
export interface ArtifactShard {
  digest: Digest;
  rows: number;
  bytes: number;
  /** File name, where the artifact is a folder. */
  name?: string;
}

/** What a step hands on. Stored as canonical JSON; the digest of that is the artifact's. */
export interface Manifest {
  format: 1;
  type: string;
  rows: number;
  shards: ArtifactShard[];
  meta: JsonObject;
}

/** The blobs of an artifact besides its manifest: its shards, and those of what did not get into it. */
export function blobsIn({ shards, meta: { rejected, dropped } }: Manifest): Digest[] {
  const others = Array.isArray(dropped) ? (dropped as unknown as ArtifactShard[]) : [];
  return [...[...shards, ...others].map(({ digest }) => digest), ...(typeof rejected === 'string' ? [rejected] : [])];
}

/** Types of parquet columns; `?` marks those that may hold null. */
export type ColumnType = 'string' | 'string?' | 'int' | 'int?' | 'double' | 'double?' | 'boolean' | 'boolean?' | 'list<string>';

export type Columns = { [column: string]: ColumnType };

export type Row = JsonObject;

/** Reading and writing artifacts. Equal rows make equal bytes. */
export interface Artifacts {
  writeManifest(manifest: Omit<Manifest, 'format'>): Promise<Digest>;
  readManifest(digest: Digest): Promise<Manifest>;
  /** One zstd-compressed JSON Lines shard. */
  writeJsonl(rows: Iterable<object> | AsyncIterable<object>): Promise<ArtifactShard>;
  /**
   * Its rows. Of a shard that is sorted, `place` says where a row lies: below 0 before those that are wanted, above 0 behind them; only
   * those at 0 are read.
   */
  readJsonl<T extends object = Row>(digest: Digest, place?: (row: T) => number): Promise<T[]>;
  /** Parquet shards of at most 20,000 rows, in order; one empty shard where there are no rows. */
  writeParquet(options: { columns: Columns; rows: Iterable<object> | AsyncIterable<object> }): Promise<ArtifactShard[]>;
  /** All rows of an artifact in order, shard by shard, whichever of the two formats its shards have. */
  rows<T extends object = Row>(artifact: Digest): AsyncIterable<T>;
}
