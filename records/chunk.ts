import type { Digest, Worked } from '../plan/index.ts';
import type { Store } from '../ports/store.ts';
import { publishNamed, readNamed } from './named.ts';
import { chunkName, groupChunkName, type ChunkPlace } from './names.ts';

/** An output shard of one chunk, as closing a group finds it. */
export interface ChunkShard {
  digest: Digest;
  rows: number;
  bytes: number;
  /** Rows by status. */
  statuses: { [status: string]: number };
}

interface ChunkRecord {
  shard: ChunkShard;
  paid: Worked;
  /** The execution that paid for it: a retry of its activity gets the same account, everybody else none. */
  by: string;
}

/** What was made of a chunk by this key; null where nothing was, or its shard is gone. */
export async function readChunk(store: Store, key: Digest): Promise<ChunkRecord | null> {
  const record = await readNamed<ChunkRecord>(store, chunkName(key));
  if (!record || (await store.has(record.shard.digest))) return record;
  await store.setAside(chunkName(key));
  return null;
}

/** Records what was made of a chunk, write-once; the record that counts. */
export function publishChunk(store: Store, key: Digest, record: ChunkRecord): Promise<ChunkRecord> {
  return publishNamed(store, chunkName(key), record);
}

/** Records, write-once, which shard a chunk of a group has become. */
export async function placeChunk(store: Store, place: ChunkPlace, shard: ChunkShard): Promise<void> {
  const name = groupChunkName(place);
  const placed = await publishNamed(store, name, shard);
  if (placed.digest === shard.digest || (await store.has(placed.digest))) return;
  await store.setAside(name);
  await publishNamed(store, name, shard);
}

/** The shard that a chunk of a group has become; null before that. */
export function readPlacedChunk(store: Store, place: ChunkPlace): Promise<ChunkShard | null> {
  return readNamed<ChunkShard>(store, groupChunkName(place));
}
