import { parseJson, readJson } from '../plan/index.ts';
import type { Digest, JsonObject, Worked } from '../plan/index.ts';
import { canonicalBytes } from '../plan/keys.ts';
import type { Store } from '../ports/store.ts';
import { chunkName, groupChunkName } from './names.ts';
import type { ChunkPlace } from './names.ts';

/** An output shard of one chunk, as closing a group finds it. */
export interface ChunkShard {
  digest: Digest;
  rows: number;
  bytes: number;
  /** Rows by status. */
  statuses: { [status: string]: number };
}

export interface ChunkRecord {
  shard: ChunkShard;
  paid: Worked;
  /** The execution that paid for it: a retry of its activity gets the same account, everybody else none. */
  by: string;
}

/** What was made of a chunk by this key; null where nothing was. */
export function readChunk(store: Store, key: Digest): Promise<ChunkRecord | null> {
  return readJson<ChunkRecord>(store.read(chunkName(key)));
}

/** Records what was made of a chunk, write-once; the record that counts. */
export async function publishChunk(store: Store, key: Digest, record: ChunkRecord): Promise<ChunkRecord> {
  const { bytes } = await store.publish(chunkName(key), canonicalBytes(record as unknown as JsonObject));
  return parseJson<ChunkRecord>(bytes);
}

/** Records, write-once, which shard a chunk of a group has become. */
export async function placeChunk(store: Store, place: ChunkPlace, shard: ChunkShard): Promise<void> {
  await store.publish(groupChunkName(place), canonicalBytes(shard as unknown as JsonObject));
}

/** The shard that a chunk of a group has become; null before that. */
export function readPlacedChunk(store: Store, place: ChunkPlace): Promise<ChunkShard | null> {
  return readJson<ChunkShard>(store.read(groupChunkName(place)));
}
