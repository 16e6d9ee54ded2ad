import type { Artifacts, Manifest, Row } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { parseJson, resultKeyOf } from '../../plan/index.ts';
import type { Digest, NodeResult, ParamValues, Plan, PlanNode, RunProgress, UnitProgress } from '../../plan/index.ts';
import { nodeParts, resultKey } from '../../plan/keys.ts';
import { readPlacedChunk } from '../../records/chunk.ts';
import { finishedChunks } from '../../records/names.ts';
import { readResult } from '../../records/results.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { inParts } from './in-parts.ts';
import { pickNode } from './pick-node.ts';

/** A step of a run: its node, its unit and its result, once there is one. */
export interface StepOfRun {
  node: PlanNode;
  unit: UnitProgress;
  result: NodeResult | null;
}

/** What a step has made so far. */
interface StepOutput {
  output: string;
  type: string;
  /** Digest of the artifact; null while the step is running. */
  artifact: Digest | null;
  manifest: Manifest | null;
  rows: number;
  /** The first items. */
  items: Row[];
}

/** Finds a node by its id, or by its step and values of params; an address that matches none or several ends the command. */
export async function findStep(
  store: Store,
  { plan, progress, step, values = {} }: { plan: Plan; progress: RunProgress; step: string; values?: ParamValues },
): Promise<StepOfRun> {
  const node = pickNode(plan, { address: step, values });
  const unit = progress.units.find(({ nodes }) => nodes.some(({ id }) => id === node.id));
  if (!unit) throw new CommandFailure(`${progress.run} has not reached ${step} yet; see codepmp status ${progress.run}`);
  const key = resultKeyOf(unit, node.id);
  const result = key === undefined ? ((await resultsOf(store, plan, progress)).get(node.id) ?? null) : await readResult(store, key);
  return { node, unit, result };
}

/**
 * Results of a run's nodes that the store has, by node id. A node that is its own unit has the unit's key; the key of a
 * member of a group follows from the results of its inputs.
 */
export async function resultsOf(store: Store, plan: Plan, { units }: Pick<RunProgress, 'units'>): Promise<Map<string, NodeResult>> {
  const keys = new Map(units.flatMap((unit) => unit.nodes.map(({ id }) => [id, resultKeyOf(unit, id)] as const)));
  const results = new Map<string, NodeResult>();
  for (const node of plan.nodes) {
    const key = keys.get(node.id) ?? memberKey(node, results);
    const result = key === null ? null : await readResult(store, key);
    if (result) results.set(node.id, result);
  }
  return results;
}

/** Result key of a node whose inputs all have results; null until then. */
export function memberKey(node: PlanNode, results: Map<string, NodeResult>): Digest | null {
  const inputs: { [name: string]: Digest[] } = {};
  for (const [name, refs] of Object.entries(node.inputs)) {
    const digests = refs.map((ref) => results.get(ref.node)?.outputs[ref.output]);
    if (digests.includes(undefined)) return null;
    inputs[name] = digests.filter((digest) => digest !== undefined);
  }
  return resultKey(nodeParts(node), inputs);
}

/** The output of a step: its artifact, or while it is running the rows made so far. */
export async function readOutput(options: {
  store: Store;
  artifacts: Artifacts;
  step: StepOfRun;
  output: string | undefined;
  most: number;
}): Promise<StepOutput> {
  const { store, artifacts, step, most } = options;
  const { node, unit, result } = step;
  const output = chooseOutput(node, options.output);
  const type = node.outputs[output] ?? '';
  const artifact = result?.outputs[output] ?? null;
  if (artifact === null) {
    return { output, type, artifact, manifest: null, ...(await rowsSoFar({ store, artifacts, node, unit, most })) };
  }
  const manifest = await artifacts.readManifest(artifact);
  return { output, type, artifact, manifest, rows: manifest.rows, items: await firstItems({ store, artifacts, artifact, manifest, most }) };
}

function chooseOutput({ id, outputs }: PlanNode, asked: string | undefined): string {
  const names = Object.keys(outputs);
  const [only] = names;
  if (asked === undefined && names.length === 1 && only !== undefined) return only;
  if (asked !== undefined && names.includes(asked)) return asked;
  const problem = asked === undefined ? `${id} has several outputs` : `${id} has no output ${asked}`;
  throw new CommandFailure(`${problem}. Choose one: ${names.map((name) => `${id}.${name}`).join(', ')}`);
}

/** What the finished chunks of a step in a group have: how many rows, and the first of them, at most `most`. */
export async function rowsSoFar(options: {
  store: Store;
  artifacts: Artifacts;
  node: PlanNode;
  unit: UnitProgress;
  most: number;
}): Promise<Pick<StepOutput, 'rows' | 'items'>> {
  const { store, artifacts, node, unit, most } = options;
  if (unit.key === undefined || (unit.nodes.length === 1 && unit.state === 'waiting')) return { rows: 0, items: [] };
  const member = unit.nodes.findIndex(({ id }) => id === node.id);
  const places = await finishedChunks(store, { group: unit.key, member });
  const shards = (await inParts(places, (place) => readPlacedChunk(store, place))).filter((shard) => shard !== null);
  const items: Row[] = [];
  for (const { digest } of shards) {
    if (items.length >= most) break;
    for (const row of await artifacts.readJsonl(digest)) items.push(row);
  }
  return { rows: shards.reduce((sum, { rows }) => sum + rows, 0), items: items.slice(0, most) };
}

/** Whether an artifact is a folder of files, such as a checkpoint. */
export function isFolder({ type, shards }: Manifest): boolean {
  return type !== 'metrics' && shards.some(({ name }) => name !== undefined);
}

/** The rows of a table, the content of metrics, or the files of a folder. */
async function firstItems(options: {
  store: Store;
  artifacts: Artifacts;
  artifact: Digest;
  manifest: Manifest;
  most: number;
}): Promise<Row[]> {
  const { store, artifacts, artifact, manifest, most } = options;
  if (manifest.type === 'metrics') {
    const [shard] = manifest.shards;
    return shard ? [parseJson<Row>(await store.getBytes(shard.digest))] : [];
  }
  if (isFolder(manifest)) return manifest.shards.map(({ name = '', bytes, digest }) => ({ name, bytes, digest }));
  const items: Row[] = [];
  for await (const row of artifacts.rows(artifact)) {
    if (items.length === most) break;
    items.push(row);
  }
  return items;
}
