import { pairColumns } from '../../plan/columns.ts';
import type { Digest, Json, JsonObject, NodeResult } from '../../plan/index.ts';
import { resultKey } from '../../plan/keys.ts';
import type { Artifacts, ArtifactShard, Manifest, Row } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { forgottenPart, readForgotten, withMore, type Forgotten } from '../../records/forgotten.ts';
import { nullIfLost, publishNamed } from '../../records/named.ts';
import { resultKeys, resultName } from '../../records/names.ts';
import { readResult } from '../../records/results.ts';
import type { ForgottenFound } from './find.ts';

/** An artifact without the rows that have to go. What was measured on all rows is left out as well. */
export async function artifactWithout(
  artifacts: Artifacts,
  { artifact, isGone }: { artifact: Digest } & Pick<ForgottenFound, 'isGone'>,
): Promise<{ artifact: Digest; manifest: Manifest; removed: number }> {
  const manifest = await artifacts.readManifest(artifact);
  const { type, shards: before, rows: count } = manifest;
  const { statistics: _statistics, rejected: _rejected, dropped: _dropped, starts: sorted, growths, ...meta } = manifest.meta;
  const made = type === 'pairs' ? await pairShards(artifacts, artifact, isGone) : await lineShards(artifacts, before, isGone);
  const rows = made.shards.reduce((sum, shard) => sum + shard.rows, 0);
  const removed = count - rows;
  if (removed === 0) return { artifact, manifest, removed };
  const leftOut = { left_out: { ...(meta['left_out'] as JsonObject), forgotten: removed } };
  const starts = sorted && !growths ? { starts: made.starts } : {};
  const digest = await artifacts.writeManifest({ type, rows, shards: made.shards, meta: { ...meta, ...leftOut, ...starts } });
  return { artifact: digest, manifest: await artifacts.readManifest(digest), removed };
}

interface ShardsWithout {
  shards: ArtifactShard[];
  /** Origin of the first row of each. */
  starts: Json[];
}

async function pairShards(artifacts: Artifacts, artifact: Digest, isGone: (row: Row) => boolean): Promise<ShardsWithout> {
  async function* kept(): AsyncGenerator<Row> {
    for await (const row of artifacts.rows(artifact)) if (!isGone(row)) yield row;
  }
  return { shards: await artifacts.writeParquet({ columns: pairColumns, rows: kept() }), starts: [] };
}

async function lineShards(artifacts: Artifacts, before: ArtifactShard[], isGone: (row: Row) => boolean): Promise<ShardsWithout> {
  const made: ShardsWithout = { shards: [], starts: [] };
  for (const { digest } of before) {
    const rows = (await artifacts.readJsonl(digest)).filter((row) => !isGone(row));
    if (rows.length === 0) continue;
    made.shards.push(await artifacts.writeJsonl(rows));
    made.starts.push(rows[0]?.['origin'] ?? '');
  }
  return made;
}

/**
 * Records what every source has given, without the rows that have to go, as what it gives once `asked` is forgotten as well: later runs
 * need not read it again as long as it is unchanged. Until that is noted nobody reads it, so it may be repeated after an interruption. A
 * source of whose files one is damaged or missing is left out: it is read again in any case.
 */
export async function republishSources(
  store: Store,
  artifacts: Artifacts,
  { found, asked }: { found: ForgottenFound; asked: Forgotten },
): Promise<void> {
  const before = await readForgotten(store);
  const { forgotten: earlier } = forgottenPart(before);
  const left = forgottenPart(withMore(before, asked));
  for (const key of await resultKeys(store)) {
    const result = await readResult(store, key);
    const { inputs = {}, forgotten, ...parts } = result?.parts ?? {};
    if (!result || forgotten !== earlier || Object.keys(inputs as JsonObject).length > 0) continue;
    const outputs = await outputsWithout(artifacts, result, found).catch(nullIfLost);
    if (!outputs || Object.keys(outputs).length === 0) continue;
    const own = { ...parts, ...left };
    const now = resultKey(own, {});
    const from = [...(result.from ?? []), key];
    await publishNamed(store, resultName(now), { ...result, key: now, from, parts: { ...own, inputs: {} }, outputs });
  }
}

/** The texts that a source has given, without the rows that have to go. */
async function outputsWithout(artifacts: Artifacts, { outputs }: NodeResult, found: ForgottenFound): Promise<NodeResult['outputs']> {
  const left: NodeResult['outputs'] = {};
  for (const [output, artifact] of Object.entries(outputs)) {
    const { type } = await artifacts.readManifest(artifact);
    if (type !== 'corpus' && type !== 'ranked') continue;
    left[output] = found.artifacts.has(artifact) ? (await artifactWithout(artifacts, { artifact, ...found })).artifact : artifact;
  }
  return left;
}
