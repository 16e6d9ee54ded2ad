import type { DataStatistics, Digest, InputRef, JsonObject, Metrics, TrainingCurve, UnitInput } from '../../plan/index.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Manifest } from '../../ports/artifacts.ts';
import type { ScoredTexts } from '../../ports/report.ts';
import type { StepKind } from './kind.ts';

/** Renders the report of finished steps: the files of `report/` as an artifact. */
export const report: StepKind<'report'> = {
  shape: 'step',
  async work(dependencies, { node, inputs, unit, started }) {
    const { artifacts, store, reports } = dependencies;
    const read = <T>(name: keyof typeof inputs, open: (manifest: Manifest, ref: InputRef) => Promise<T>) =>
      Promise.all(
        (node.inputs[name] ?? []).map(async (ref, index) => {
          const source = sourceOf(unit, ref, inputs[name][index] ?? '');
          return { ...source, ...(await open(await artifacts.readManifest(source.artifact), ref)) };
        }),
      );
    const { files } = await reports.render({
      title: node.settings.title ?? unit.pipeline,
      plan: unit.pipeline,
      created: new Date(started).toISOString(),
      metrics: await read('metrics', async (manifest, { node: id }) => ({
        metrics: await fileOf<Metrics>(dependencies, manifest, 'metrics.json'),
        scored: manifest.meta['scored'] as unknown as ScoredTexts,
        ...measured(unit, id),
      })),
      training: await read('training', async (manifest) => ({
        curve: await curveOf(dependencies, manifest),
        config: (manifest.meta['settings'] ?? {}) as JsonObject,
      })),
      data: await read('data', async ({ meta }) => ({ statistics: meta['statistics'] as unknown as DataStatistics })),
      missing: Object.entries(unit.missing).map(([step, why]) => ({ step, why })),
    });
    const shards = await Promise.all(
      files.map(async ({ name, content }) => {
        const bytes = new TextEncoder().encode(content);
        return { digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name };
      }),
    );
    return { out: await artifacts.writeManifest({ type: 'report', rows: shards.length, shards, meta: {} }) };
  },
};

function sourceOf(unit: UnitInput, { node, output }: InputRef, artifact: Digest) {
  return { step: nameOf(unit, { node, output }), key: unit.sources[node]?.key ?? '', artifact };
}

/** Names of the model and of the items that an evaluation step measured. */
function measured(unit: UnitInput, step: string): { model?: string; dataset?: string } {
  const { model, ...items } = unit.sources[step]?.inputs ?? {};
  const [measuredModel] = model ?? [];
  const [dataset] = Object.values(items).flat();
  return { ...(measuredModel && { model: nameOf(unit, measuredModel) }), ...(dataset && { dataset: nameOf(unit, dataset) }) };
}

function nameOf({ titles }: UnitInput, { node, output }: InputRef): string {
  const title = titles[node] ?? node;
  return output === 'out' ? title : `${title}.${output}`;
}

async function curveOf(dependencies: Dependencies, manifest: Manifest): Promise<TrainingCurve> {
  const text = await textOf(dependencies, manifest, 'progress.jsonl');
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as TrainingCurve[number]);
}

async function fileOf<T>(dependencies: Dependencies, manifest: Manifest, name: string): Promise<T> {
  return JSON.parse(await textOf(dependencies, manifest, name)) as T;
}

async function textOf({ store }: Dependencies, { shards, type }: Manifest, name: string): Promise<string> {
  const shard = shards.find((each) => each.name === name);
  if (!shard) throw new Error(`a ${type} artifact without ${name}`);
  return new TextDecoder().decode(await store.getBytes(shard.digest));
}
