import { scoreColumns } from '../../plan/columns.ts';
import { canonicalBytes } from '../../plan/keys.ts';
import type { Digest, Json, JsonObject, Metrics } from '../../plan/index.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ArtifactShard } from '../../ports/artifacts.ts';
import type { ProcessResult } from '../../ports/launcher.ts';
import type { ProcessNode } from './programs.ts';
import type { Scored } from './scoring.ts';

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

/** Metrics as an artifact, with the scores that they were computed from: one a text, by row and place in the row. */
export async function collectMetrics(
  { artifacts, store }: Dependencies,
  metrics: Metrics,
  { rows }: Pick<Scored<object>, 'rows'>,
): Promise<Digest> {
  const bytes = canonicalBytes(metrics as unknown as Json);
  const shard = { digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name: 'metrics.json' };
  const scores = await artifacts.writeParquet({ columns: scoreColumns, rows: scoreRows(rows) });
  return artifacts.writeManifest({
    type: 'metrics',
    rows: 1,
    shards: [shard, ...scores.map((each, index) => ({ ...each, name: `scores-${index}.parquet` }))],
    meta: { kind: metrics.kind },
  });
}

function* scoreRows(rows: Scored<object>['rows']): Generator<{ row: number; text: number; score: number }> {
  for (const [row, { scores }] of rows.entries()) for (const [text, score] of scores.entries()) yield { row, text, score };
}
