import type { Artifacts, Manifest } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import type { Digest, NodeResult, Plan, PlanNode, RunProgress, UnitProgress } from '../../plan/index.ts';
import { createArtifacts, uncheckedPathOf } from '../../adapters/index.ts';
import { readPlacedChunk } from '../../records/chunk.ts';
import { finishedChunks } from '../../records/names.ts';
import { readRun } from '../../records/run.ts';
import { isOpen, planOfRun } from '../runs/runs.ts';
import { resultsOf } from '../runs/step-output.ts';
import { CommandFailure } from '../terminal/failure.ts';
import type { Database } from './database.ts';
import { sqlPath } from './database.ts';
import { openItemTable } from './item-table.ts';
import type { ItemTable } from './item-table.ts';

/** A run as one request sees it. */
export interface InspectedRun {
  store: Store;
  artifacts: Artifacts;
  database: Database;
  record: RunProgress;
  plan: Plan;
  /** Results of the nodes that have one, by node id. */
  results: Map<string, NodeResult>;
}

/** An output of a node: its artifact and the manifest of it, once it is made. */
export interface NodeOutput {
  node: PlanNode;
  unit: UnitProgress | undefined;
  output: string;
  type: string;
  artifact: Digest | null;
  manifest: Manifest | null;
}

/** Gives the run as it is now; what cannot change any more is read once. */
export function runReader(options: { store: Store; database: Database; run: string }): () => Promise<InspectedRun> {
  const { database, run } = options;
  const store = { ...options.store, read: remembered((name: string) => options.store.read(name)) };
  let known: InspectedRun | null = null;
  return async () => {
    if (known && !isOpen(known.record)) return known;
    const record = await readRun(store, run);
    const plan = record && (known && known.record.plan === record.plan ? known.plan : await planOfRun(store, record));
    if (!record || !plan) throw new CommandFailure(`${run} has no plan: its file is still being read, or was not valid. See codepmp status ${run}`);
    known = { store, artifacts: createArtifacts(store), database, record, plan, results: await resultsOf(store, plan, record) };
    return known;
  };
}

/** What was read under a name is never read again: names are written once. */
function remembered<T>(read: (name: string) => Promise<T | null>): (name: string) => Promise<T | null> {
  const known = new Map<string, T>();
  return async (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const value = await read(name);
    if (value !== null) known.set(name, value);
    return value;
  };
}

/** An output of a node of the run, by their names; one that does not exist is a failure. */
export async function findOutput(run: InspectedRun, { node: id, output }: { node: string; output: string }): Promise<NodeOutput> {
  const node = run.plan.nodes.find((each) => each.id === id);
  const [first = ''] = Object.keys(node?.outputs ?? {});
  const name = output === '' ? first : output;
  const type = node?.outputs[name];
  if (!node || type === undefined) throw new CommandFailure(`${run.record.run} has no step ${id}${output === '' ? '' : ` with an output ${output}`}`);
  const unit = run.record.units.find(({ nodes }) => nodes.some((each) => each.id === id));
  const artifact = run.results.get(id)?.outputs[name] ?? null;
  return { node, unit, output: name, type, artifact, manifest: artifact === null ? null : await run.artifacts.readManifest(artifact) };
}

/** Tables of artifacts that are kept open, the latest used last. */
const openTables = new Map<Digest, Promise<ItemTable>>();
const mostOpen = 64;

/** The rows of an output: of its artifact, or of the chunks that are finished. `dropped`: the items that went. */
export async function tableOf(run: InspectedRun, output: NodeOutput, { dropped = false } = {}): Promise<ItemTable> {
  const { database, artifacts, store } = run;
  const source = { database, artifacts, store };
  const { artifact, manifest, unit, node } = output;
  if (artifact === null || manifest === null) return openItemTable(source, await finishedShards(store, unit, node));
  if (!dropped) return keptOpen(artifact, async () => openItemTable(source, manifest.shards));
  const { rejected, dropped: shards } = manifest.meta;
  if (Array.isArray(shards)) return openItemTable(source, shards as unknown as ItemTable['shards']);
  if (typeof rejected !== 'string') return openItemTable(source, []);
  return keptOpen(rejected, async () => openItemTable(source, await countedShard(database, store, rejected)));
}

function keptOpen(digest: Digest, open: () => Promise<ItemTable>): Promise<ItemTable> {
  const table = openTables.get(digest) ?? open();
  openTables.delete(digest);
  openTables.set(digest, table);
  table.catch(() => openTables.delete(digest));
  const [oldest] = openTables.keys();
  if (openTables.size > mostOpen && oldest !== undefined) openTables.delete(oldest);
  return table;
}

/** Shards of the chunks that a step in a group has finished. */
async function finishedShards(store: Store, unit: UnitProgress | undefined, node: PlanNode): Promise<ItemTable['shards']> {
  if (unit?.key === undefined || (unit.nodes.length === 1 && unit.state === 'waiting')) return [];
  const member = unit.nodes.findIndex(({ id }) => id === node.id);
  const places = await finishedChunks(store, { group: unit.key, member });
  const shards = await Promise.all(places.map((place) => readPlacedChunk(store, place)));
  return shards.filter((shard) => shard !== null);
}

/** A shard of JSON lines that no manifest counts. */
async function countedShard(database: Database, store: Store, digest: Digest): Promise<ItemTable['shards']> {
  const path = sqlPath(await uncheckedPathOf(store, digest));
  const [counted] = await database.query<{ rows: string }>(
    `select count(*) as rows from read_ndjson_objects(${path}, compression = 'zstd', ignore_errors = true)`,
  );
  return [{ digest, rows: Number(counted?.rows ?? 0) }];
}
