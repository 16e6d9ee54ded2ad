import type { DataStatistics, Digest, InputRef, JsonObject, Metrics, TrainingCurve, UnitInput } from '../../plan/index.ts';
import type { Manifest } from '../../ports/artifacts.ts';
import type { GatherOptions, ReportInput, ReportReader, ReportSource } from '../../ports/report.ts';
import { createPairLengths, describePairs } from '../../stats/index.ts';
import type { PairRow } from '../../stats/index.ts';
import { resolveViews } from './resolve.ts';

/** Reads what a report shows: the results that its node names, as far as they are there, and its views with their numbers. */
export async function gatherReport(reader: ReportReader, { unit, node, title, created }: GatherOptions): Promise<ReportInput> {
  const read = <T>(name: string, open: (input: ReadInput) => Promise<T>): Promise<(ReportSource & T)[]> =>
    Promise.all(
      (node.inputs[name] ?? []).map(async (ref, index) => {
        const source = sourceOf(unit, ref, unit.inputs[node.id]?.[name]?.[index] ?? '');
        const { artifact } = source;
        return { ...source, ...(await open({ node: ref.node, artifact, manifest: await reader.artifacts.readManifest(artifact) })) };
      }),
    );
  const metrics = await read('metrics', async ({ manifest, node: id }) => ({
    metrics: await fileOf<Metrics>(reader, manifest, 'metrics.json'),
    ...measured(unit, id),
  }));
  const training = await read('training', async ({ manifest }) => ({
    curve: await curveOf(reader, manifest),
    config: (manifest.meta['settings'] ?? {}) as JsonObject,
  }));
  const data = await read('data', async ({ artifact, manifest: { meta } }) => ({
    statistics: (meta['statistics'] as unknown as DataStatistics | undefined) ?? (await statisticsOf(reader, artifact)),
  }));
  const results = { metrics, training, data };
  return {
    title,
    plan: unit.pipeline,
    created,
    ...results,
    views: resolveViews(node.views ?? [], { node, results, missing: unit.missing }),
    missing: Object.values(unit.missing).map(({ title: step, why }) => ({ step, why })),
  };
}

/** An input of a report: the node that made it, and what it made. */
interface ReadInput {
  node: string;
  artifact: Digest;
  manifest: Manifest;
}

function sourceOf({ sources }: UnitInput, { node, output }: InputRef, artifact: Digest): ReportSource {
  const { title = node, key = '', at } = sources[node] ?? {};
  return { step: output === 'out' ? title : `${title}.${output}`, key, artifact, ...(at && { at }) };
}

/** Names of the model and of the items that an evaluation step measured. */
function measured({ sources }: UnitInput, step: string): { model?: string; dataset?: string } {
  const { model, dataset } = sources[step] ?? {};
  return { ...(model !== undefined && { model }), ...(dataset !== undefined && { dataset }) };
}

/** Statistics of pairs that carry none: those of data sets, of graded answers, and those that lost rows to `forget`. */
async function statisticsOf({ artifacts }: ReportReader, artifact: Digest): Promise<DataStatistics> {
  const lengths = createPairLengths();
  for await (const pair of artifacts.rows<PairRow>(artifact)) lengths.add(pair);
  return describePairs({ lengths });
}

async function curveOf(reader: ReportReader, manifest: Manifest): Promise<TrainingCurve> {
  const text = await textOf(reader, manifest, 'progress.jsonl');
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as TrainingCurve[number]);
}

async function fileOf<T>(reader: ReportReader, manifest: Manifest, name: string): Promise<T> {
  return JSON.parse(await textOf(reader, manifest, name)) as T;
}

async function textOf({ store }: ReportReader, { shards, type }: Manifest, name: string): Promise<string> {
  const shard = shards.find((each) => each.name === name);
  if (!shard) throw new Error(`a ${type} artifact without ${name}`);
  return new TextDecoder().decode(await store.getBytes(shard.digest));
}
