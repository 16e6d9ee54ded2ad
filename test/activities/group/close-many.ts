import { parentPort, workerData } from 'node:worker_threads';
import type { Dependencies } from '../../../activities/index.ts';
import { pair } from '../../../activities/kinds/pair.ts';
import type { MemberOf } from '../../../activities/kinds/kind.ts';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';
import type { ChunkShard } from '../../../records/chunk.ts';

/** Closes a step of pairs with the same chunk again and again, and posts the digest of the artifact. */
const { root, source, shard, chunks } = workerData as { root: string; source: string; shard: ChunkShard; chunks: number };
const store = await openFileStore({ root });
const dependencies = { store, artifacts: createArtifacts(store) } as Partial<Dependencies> as Dependencies;
const node = { id: 'pairs', kind: 'pair', inputs: {}, settings: { min_keep_rate: 0 } };
const shards = new Map([['pairs', Array.from({ length: chunks }, () => shard)]]);
const member = { node, nodes: [node], source, ranges: [], shards, inputs: {} } as unknown as MemberOf<'pair'>;
parentPort?.postMessage(await pair.close?.(dependencies, member));
