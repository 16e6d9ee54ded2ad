import type { Digest, Worked } from '../plan/index.ts';
import type { Store } from '../ports/store.ts';
import { isSound, publishNamed, readNamed } from './named.ts';
import { chunkName, groupChunkName, type ChunkPlace } from './names.ts';

/** The output shard of one chunk. */
export interface ChunkShard {
  digest: Digest;
  rows: number;
  bytes: number;
  /** Rows by status. */
  statuses: { [status: string]: number };
  /** Rows by the flag of what is odd about them; absent where there are none. */
  flags?: { [flag: string]: number };
}

interface ChunkRecord {
  shard: ChunkShard;
  paid: Worked;
  /** The execution that paid for it: a retry of its activity gets the same costs, everybody else none. */
  by: string;
}

/**
 * The record of a chunk under this key; null if there is none, or its shard is missing or damaged. `use`: the caller builds on it, and
 * `gc` keeps it.
 */
export async function readChunk(store: Store, key: Digest, { use = false } = {}): Promise<ChunkRecord | null> {
  if (use) await store.renew(chunkName(key));
  const record = await readNamed<ChunkRecord>(store, chunkName(key));
  if (!record || (await isSound(store, record.shard.digest))) return record;
  await store.setAside(chunkName(key));
  return null;
}

/** Records a chunk, write-once, and returns the record that counts. */
export function publishChunk(store: Store, key: Digest, record: ChunkRecord): Promise<ChunkRecord> {
  return publishNamed(store, chunkName(key), record);
}

/** Records the shard of a chunk of a group, write-once. */
export async function placeChunk(store: Store, place: ChunkPlace, shard: ChunkShard): Promise<void> {
  const name = groupChunkName(place);
  const placed = await publishNamed(store, name, shard);
  if (placed.digest === shard.digest || (await isSound(store, placed.digest))) return;
  await store.setAside(name);
  await publishNamed(store, name, shard);
}

/** The shard of a chunk of a group; null if it is not finished, or the shard no longer exists. */
export async function readPlacedChunk(store: Store, place: ChunkPlace): Promise<ChunkShard | null> {
  const shard = await readNamed<ChunkShard>(store, groupChunkName(place));
  if (!shard || (await store.has(shard.digest))) return shard;
  await store.setAside(groupChunkName(place));
  return null;
}
