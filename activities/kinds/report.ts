import type { DataStatistics, Digest, InputRef, JobInput, JsonObject, Metrics, NodeSummary, TrainingCurve, UnitInput } from '../../plan/index.ts';
import { onlyNode } from '../../plan/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { knownInputs } from '../run/lookup.ts';
import type { Manifest } from '../../ports/artifacts.ts';
import { publishResult } from '../../records/results.ts';
import type { Opened } from '../run/unit-work.ts';

/** Renders the report of finished steps: the files of `report/` as an artifact. */
export function report(dependencies: Dependencies) {
  return async (input: Opened<JobInput>): Promise<NodeSummary> => {
    const { artifacts, store, renderReport } = dependencies;
    const node = onlyNode(input.unit);
    const inputs = knownInputs(node, input.unit, {});
    if (!inputs) throw new Error(`${input.unit.id}: a report is one node whose inputs are there`);
    const read = <T>(name: string, open: (manifest: Manifest, ref: InputRef) => Promise<T>) =>
      Promise.all(
        (node.inputs[name] ?? []).map(async (ref, index) => {
          const source = sourceOf(input, ref, inputs[name]?.[index] ?? '');
          return { ...source, ...(await open(await artifacts.readManifest(source.artifact), ref)) };
        }),
      );
    const { files } = await renderReport({
      title: String(node.settings['title'] ?? input.unit.pipeline),
      plan: input.unit.pipeline,
      created: new Date(input.started).toISOString(),
      metrics: await read('metrics', async (manifest, { node: id }) => ({
        metrics: await fileOf<Metrics>(dependencies, manifest, 'metrics.json'),
        ...measured(input, id),
      })),
      training: await read('training', async (manifest) => ({
        curve: await curveOf(dependencies, manifest),
        config: (manifest.meta['settings'] ?? {}) as JsonObject,
      })),
      data: await read('data', async ({ meta }) => ({ statistics: meta['statistics'] as unknown as DataStatistics })),
      missing: Object.entries(input.unit.missing).map(([step, why]) => ({ step, why })),
    });
    const shards = await Promise.all(
      files.map(async ({ name, content }) => {
        const bytes = new TextEncoder().encode(content);
        return { digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name };
      }),
    );
    const out = await artifacts.writeManifest({ type: 'report', rows: shards.length, shards, meta: {} });
    return publishResult(store, { node, parts: input.parts[node.id] ?? {}, inputs, outputs: { out }, started: input.started });
  };
}

function sourceOf({ unit }: Opened<JobInput>, { node, output }: InputRef, artifact: Digest) {
  return { step: nameOf(unit, { node, output }), key: unit.sources[node]?.key ?? '', artifact };
}

/** Names of the model and of the items that an evaluation step measured. */
function measured({ unit }: Opened<JobInput>, step: string): { model?: string; dataset?: string } {
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
