import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalBytes } from '../../plan/keys.ts';
import type { Digest, Json, JsonObject, Metrics } from '../../plan/index.ts';
import { classified } from '../../ports/failure.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ArtifactShard, Row } from '../../ports/artifacts.ts';
import type { ProcessResult } from '../../ports/launcher.ts';
import type { ProcessNode } from './programs.ts';

/** The files that a training has left, as a checkpoint. */
export async function collectCheckpoint(
  { artifacts, store }: Dependencies,
  { node, result }: ProcessNode & { result: ProcessResult },
): Promise<Digest> {
  const shards: ArtifactShard[] = [];
  for (const { name, path } of result.files ?? []) shards.push({ ...(await store.putFile(path)), rows: 1, name });
  const meta = { ...result.meta, settings: node.settings } as JsonObject;
  return artifacts.writeManifest({ type: 'checkpoint', rows: 1, shards, meta });
}

/** Metrics as an artifact, which also says how many of the scored texts were cut. */
export async function collectMetrics({ artifacts, store }: Dependencies, { meta = {} }: ProcessResult, metrics: Metrics): Promise<Digest> {
  const bytes = canonicalBytes(metrics as unknown as Json);
  const shard = { digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name: 'metrics.json' };
  return artifacts.writeManifest({
    type: 'metrics',
    rows: 1,
    shards: [shard],
    meta: { kind: metrics.kind, scored: { texts: Number(meta['distinct']), cut: Number(meta['cut']) } },
  });
}

interface Scored<R> {
  rows: R[];
  scores: Row[];
}

/** The rows a process scored and its scores; a score for every row, or the process did not do its work. */
export async function readScored<R extends object>(
  { artifacts }: Dependencies,
  { node, inputs, folder }: ProcessNode,
  input: string,
): Promise<Scored<R>> {
  const rows: R[] = [];
  for await (const row of artifacts.rows<R>(inputs[input]?.[0] ?? '')) rows.push(row);
  const path = join(folder.attempt, 'scores.jsonl');
  const scores = (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
  if (scores.length !== rows.length)
    throw classified('job-failed', `${node.id}: ${path} has ${scores.length} scores, expected one for each of ${rows.length} rows`);
  return { rows, scores };
}
