import { chmodSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createArtifacts, openFileStore } from '../../adapters/index.ts';
import type { Digest, PlanNode } from '../../plan/index.ts';
import { placeChunk, publishChunk, readChunk, readPlacedChunk } from '../../records/chunk.ts';
import type { ChunkShard } from '../../records/chunk.ts';
import { readRoots } from '../../records/live.ts';
import { chunkName, groupChunkName, resultName, runNoteName } from '../../records/names.ts';
import { publishResult, readResult, readWholeResult } from '../../records/results.ts';
import { noteRun, readRun } from '../../records/run.ts';
import { classified } from '../../ports/failure.ts';
import type { Store } from '../../ports/store.ts';

let root: string;
let store: Store;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-damage-'));
  store = await openFileStore({ root });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const key = 'ab'.repeat(32);

const fileOf = (name: string): string => join(root, 'names', name);
const blobOf = (digest: Digest): string => join(root, 'blobs', digest.slice(0, 2), digest);

function damage(path: string, text: string): void {
  chmodSync(path, 0o644);
  writeFileSync(path, text);
}

async function shardOf(text: string): Promise<ChunkShard> {
  return { digest: await store.putBytes(new TextEncoder().encode(text)), rows: 1, bytes: text.length, statuses: { ok: 1 } };
}

/** A result whose one output is an artifact of one shard. */
async function resultOf(text: string): Promise<{ key: Digest; shard: Digest; manifest: Digest }> {
  const artifacts = createArtifacts(store);
  const shard = await artifacts.writeJsonl([{ text }]);
  const manifest = await artifacts.writeManifest({ type: 'corpus', rows: 1, shards: [shard], meta: {} });
  const node = { id: 'code', kind: 'source/files' } as PlanNode;
  const { key: made } = await publishResult(store, { node, parts: {}, inputs: {}, outputs: { out: manifest }, seconds: 1 });
  return { key: made, shard: shard.digest, manifest };
}

it('a result whose files cannot be asked for at the moment stays', async () => {
  const { key: made } = await resultOf('rows');
  const silent: Store = { ...store, getBytes: () => Promise.reject(classified('unavailable', 'the store does not answer')) };
  await expect(readWholeResult(silent, made)).rejects.toThrow('the store does not answer');
  expect(await readWholeResult(store, made)).toMatchObject({ key: made });
});

describe('the record of a chunk', () => {
  const record = (shard: ChunkShard) => ({ shard, paid: { calls: {}, prompt_tokens: {}, completion_tokens: {} }, by: 'execution' });

  it.each(['', '{"shard":', 'no JSON'])('that reads %j counts as never made, and can be made again', async (text) => {
    const shard = await shardOf('rows');
    await publishChunk(store, key, record(shard));
    damage(fileOf(chunkName(key)), text);
    expect(await readChunk(store, key)).toBeNull();
    expect(await store.damaged()).toEqual([join('names', chunkName(key))]);
    expect(await publishChunk(store, key, record(shard))).toEqual(record(shard));
    expect(await readChunk(store, key)).toEqual(record(shard));
  });

  it('that is damaged when another is published gives way to it', async () => {
    const shard = await shardOf('rows');
    await publishChunk(store, key, record(shard));
    truncateSync(fileOf(chunkName(key)), 0);
    expect(await publishChunk(store, key, record(shard))).toEqual(record(shard));
  });

  it('whose shard is gone counts as never made', async () => {
    const shard = await shardOf('rows');
    await publishChunk(store, key, record(shard));
    unlinkSync(blobOf(shard.digest));
    expect(await readChunk(store, key)).toBeNull();
  });

  it('is placed again in its group where what was placed is gone', async () => {
    const place = { group: key, table: key, member: 0, chunk: 3 };
    const lost = await shardOf('lost');
    await placeChunk(store, place, lost);
    unlinkSync(blobOf(lost.digest));
    const again = await shardOf('again');
    await placeChunk(store, place, again);
    expect(await readPlacedChunk(store, place)).toEqual(again);
    truncateSync(fileOf(groupChunkName(place)), 5);
    expect(await readPlacedChunk(store, place)).toBeNull();
  });
});

describe('a result', () => {
  it('is whole as long as the store has all it names', async () => {
    const { key: made } = await resultOf('code');
    expect(await readWholeResult(store, made)).toEqual(await readResult(store, made));
  });

  it.each(['shard', 'manifest'] as const)('that has lost its %s counts as never made, and is made again', async (what) => {
    const made = await resultOf('code');
    unlinkSync(blobOf(made[what]));
    expect(await readWholeResult(store, made.key)).toBeNull();
    expect(await resultOf('code')).toEqual(made);
    expect(await readWholeResult(store, made.key)).not.toBeNull();
  });

  it('whose manifest is damaged counts as never made', async () => {
    const made = await resultOf('code');
    damage(blobOf(made.manifest), '{}');
    expect(await readWholeResult(store, made.key)).toBeNull();
    expect(await store.damaged()).toEqual([join('blobs', made.manifest.slice(0, 2), made.manifest), join('names', resultName(made.key))]);
  });
});

it('the record of a run that is damaged while the run goes on is written again, and kept, since it alone names what the run has made', async () => {
  const head = { run: 'r', name: 'p', status: 'running', started: 1 } as const;
  const unit = (id: string) => ({ id, state: 'done' as const, nodes: [{ id, kind: 'clean', key }] });
  await noteRun(store, { head, changed: [unit('u0')] });
  truncateSync(join(root, 'notes', runNoteName('r')), 0);
  expect(await readRun(store, 'r')).toBeNull();
  for (const id of ['u1', 'u2']) await noteRun(store, { head, changed: [unit(id)] });
  expect(await readRun(store, 'r')).toMatchObject({ ...head, units: [{ id: 'u1' }, { id: 'u2' }] });
  await expect(readRoots(store)).rejects.toThrow('notes/runs/r/damaged.json of the store');
  await store.removeNote('runs/r/damaged.json');
  expect((await readRoots(store)).digests).toEqual(new Set([key]));
});
