import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownInputs } from '../../activities/run/lookup.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { publishResult, readResult } from '../../records/results.ts';
import { createArtifacts, openFileStore } from '../../adapters/index.ts';
import { compile, loadConfig } from '../../compile/index.ts';
import type { Digest, Json, JsonObject, ParamValues, Plan, PlanNode, RunProgress, UnitProgress, UnitSummary } from '../../plan/index.ts';
import type { ClaimResult } from '../../plan/run/claims.ts';
import { unitsOf } from '../../plan/index.ts';
import { canonicalBytes, hashOf, nodeParts, planKey, resultKey } from '../../plan/keys.ts';
import { checkout } from './supervisor/services-rig.ts';
import { runCommand } from './command.ts';

/** A folder of a user whose store has runs in it that no engine ran: results, keys and records are as the engine writes them. */
export interface RecordedFolder extends AsyncDisposable {
  path: string;
  store: Store;
  write(name: string, text: string): Promise<void>;
  record(run: string, text: string, how?: Recording): Promise<Plan>;
  /** Runs a command; its standard output, or with `json` what it printed as JSON. */
  codepmp(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }>;
}

export interface Recording {
  set?: ParamValues;
  /** What the files of the sources are like. */
  content?: string;
  /** Steps that fail; what stands below them waits. */
  fail?: { [step: string]: string };
  /** What a step makes, instead of something that its key decides. */
  made?: { [step: string]: string };
  /** Versions that kinds have, other than those of today. */
  versions?: { [kind: string]: number };
  /** What came of the claims. */
  claims?: { [id: string]: ClaimResult['outcome'] };
  /** Metrics of evaluation steps. */
  metrics?: (node: PlanNode) => Json;
  /** The artifact that a node made, instead of a digest of nothing; null: that digest. */
  artifact?: (made: { node: PlanNode; output: string; artifacts: Artifacts; store: Store }) => Promise<Digest | null>;
}

export async function recordedFolder(): Promise<RecordedFolder> {
  const path = await mkdtemp(join(tmpdir(), 'codepmp-recorded-'));
  const store = await openFileStore({ root: join(path, '.codepmp') });
  const { config } = loadConfig({ folder: path, env: {}, home: checkout });
  let clock = Date.parse('2026-05-01T08:00:00Z');
  return {
    path,
    store,
    write: (name, text) => writeFile(join(path, name), text),
    record: async (run, text, how = {}) => {
      const { plan, rendered } = compile({ source: text, file: 'pipeline.yaml', set: how.set ?? {}, config });
      if (!plan) throw new Error(rendered.join('\n\n'));
      clock += 3_600_000;
      await recordRun(store, { run, plan: withVersions(plan, how.versions ?? {}), spec: text, started: clock, ...how });
      return plan;
    },
    codepmp: (...args) => runCommand(path, args),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** The plan as it would be with other versions of kinds: their nodes and all below have other keys. */
function withVersions(plan: Plan, versions: { [kind: string]: number }): Plan {
  const keys = new Map<string, string>();
  const nodes = plan.nodes.map((node) => {
    const own = { ...node, version: versions[node.kind] ?? node.version };
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).map(([name, refs]) => [name, refs.map((ref) => `${keys.get(ref.node)}#${ref.output}`)]),
    );
    keys.set(node.id, planKey(nodeParts(own), inputs));
    return { ...own, key: keys.get(node.id) ?? '' };
  });
  return { ...plan, nodes };
}

async function recordRun(store: Store, options: Recording & { run: string; plan: Plan; spec: string; started: number }): Promise<void> {
  const { run, plan, spec, set = {}, started } = options;
  const results: UnitSummary = {};
  const units: UnitProgress[] = [];
  for (const unit of unitsOf(plan)) {
    const progress: UnitProgress = { id: unit.id, nodes: unit.nodes.map(({ id, kind }) => ({ id, kind })), state: 'waiting' };
    units.push(progress);
    const states = [];
    for (const node of unit.nodes) states.push(await recordNode(store, { node, plan, results, options }));
    for (const node of progress.nodes) if (results[node.id]) node.key = results[node.id]?.key ?? '';
    progress.state = states.includes('failed')
      ? 'failed'
      : states.includes('waiting')
        ? 'waiting'
        : states.includes('done')
          ? 'done'
          : 'reused';
    const failed = unit.nodes.find(({ step }) => options.fail?.[step] !== undefined);
    if (progress.state === 'failed') progress.failure = { class: 'out-of-memory', message: options.fail?.[failed?.step ?? ''] ?? '' };
    if (progress.state !== 'waiting') progress.key = unit.group ? hashOf({ group: unit.id }) : keyOf(unit.nodes[0], results, options);
  }
  const digest = await store.putBytes(canonicalBytes(plan as unknown as Json));
  const status = units.some(({ state }) => state === 'failed') ? 'failed' : 'succeeded';
  const record: RunProgress = {
    run,
    name: plan.name,
    status,
    plan: digest,
    started,
    finished: started + 60_000,
    units,
    ...(options.claims && { claims: claimsOf(options.claims) }),
  };
  await store.note(`runs/${run}/progress.json`, new TextEncoder().encode(JSON.stringify(record)));
  await store.publish(`runs/${run}/submission-${started}`, canonicalBytes({ run, file: 'pipeline.yaml', spec, set }));
}

function claimsOf(outcomes: { [id: string]: ClaimResult['outcome'] }): ClaimResult[] {
  return Object.entries(outcomes).map(([id, outcome]) => ({
    id,
    outcome,
    text: id,
    confidence: 0.95,
    relation: 'above',
    margin: 0,
  over: 'items',
  p: 0.01,
  holm: 0.01,
  trained_once: [],
    comparisons: [],
  }));
}

function keyOf(node: PlanNode | undefined, results: UnitSummary, options: Recording): string {
  return (node && results[node.id]?.key) ?? hashOf({ failed: node?.id ?? '', content: options.content ?? '' });
}

interface NodeOptions {
  node: PlanNode;
  plan: Plan;
  results: UnitSummary;
  options: Recording;
}

async function recordNode(store: Store, { node, plan, results, options }: NodeOptions): Promise<UnitProgress['state']> {
  const inputs = knownInputs(
    node,
    { id: '', pipeline: '', nodes: plan.nodes, group: false, inputs: {}, sources: {}, missing: {} },
    results,
  );
  if (!inputs) return 'waiting';
  if (options.fail?.[node.step] !== undefined) return 'failed';
  const parts: JsonObject = node.kind.startsWith('source/')
    ? { ...nodeParts(node), content: hashOf(options.content ?? 'first') }
    : nodeParts(node);
  const found = await readResult(store, resultKey(parts, inputs));
  if (found) results[node.id] = found;
  if (found) return 'reused';
  const outputs: { [output: string]: string } = {};
  for (const output of Object.keys(node.outputs))
    outputs[output] = await madeBy(store, { node, output, decided: options.made?.[node.step] ?? resultKey(parts, inputs), options });
  results[node.id] = await publishResult(store, { node, parts, inputs, outputs, started: Date.now() });
  return 'done';
}

async function madeBy(
  store: Store,
  { node, output, decided, options }: { node: PlanNode; output: string; decided: string; options: Recording },
): Promise<string> {
  const artifact = await options.artifact?.({ node, output, artifacts: createArtifacts(store), store });
  if (artifact) return artifact;
  if (node.outputs[output] !== 'metrics' || !options.metrics) return hashOf({ output, decided });
  const bytes = canonicalBytes(options.metrics(node));
  const shards = [{ digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name: 'metrics.json' }];
  return createArtifacts(store).writeManifest({ type: 'metrics', rows: 1, shards, meta: {} });
}
