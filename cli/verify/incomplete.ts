import { blobPath, missingBlob } from '../../adapters/index.ts';
import { resultKeyOf, type Digest } from '../../plan/index.ts';
import type { Store } from '../../ports/store.ts';
import { readChunk, readPlacedChunk } from '../../records/chunk.ts';
import { chunkKeys, groupChunks, resultKeys } from '../../records/names.ts';
import { readResult, readWholeResult } from '../../records/results.ts';
import { inParts } from '../runs/in-parts.ts';
import { listRuns } from '../runs/runs.ts';

/** A result of which a file is missing. */
export interface IncompleteResult {
  key: Digest;
  kind: string;
}

/**
 * The store without this machine's copies of blobs that it does not have, and without a second look at those that were just checked.
 */
export function withChecked(store: Store, sound: ReadonlySet<Digest>): Store {
  const has = async (digest: Digest): Promise<boolean> => sound.has(digest) || store.has(digest);
  const required = async (digest: Digest): Promise<Digest> => {
    if (await has(digest)) return digest;
    throw missingBlob(digest, store.bucket ?? store.root);
  };
  const pathOf = async (digest: Digest): Promise<string> => blobPath(store.root, await required(digest));
  return { ...store, has, pathOf, getBytes: async (digest) => store.getBytes(await required(digest)) };
}

/** Sets results and chunks aside of which the store lacks a file, so that they are made again, and returns the results. */
export async function setIncompleteAside(store: Store): Promise<IncompleteResult[]> {
  await inParts(await chunkKeys(store), (key) => readChunk(store, key));
  await inParts(await groupChunks(store), (place) => readPlacedChunk(store, place));
  const results = await inParts([...(await resultKeys(store))], async (key) => {
    const result = await readResult(store, key);
    return result && !(await readWholeResult(store, key)) ? [{ key, kind: result.kind }] : [];
  });
  return results.flat();
}

/** The runs, newest first, that have made or used one of these results. */
export async function runsWith(store: Store, keys: Set<Digest>): Promise<string[]> {
  const runs = await listRuns(store);
  const uses = runs.filter(({ units }) => units.some((unit) => unit.nodes.some(({ id }) => keys.has(resultKeyOf(unit, id) ?? ''))));
  return uses.map(({ run }) => run);
}
