import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/index.ts';
import { awaitNode } from '../../activities/run/await-node.ts';
import { atEdge } from '../../activities/edge.ts';
import type { Store } from '../../ports/store.ts';
import { openPlan, readUnits } from '../../activities/run/plan-table.ts';
import { noteRun } from '../../records/run.ts';
import { unitInputOf } from '../../activities/run/unit-input.ts';
import { onWork } from '../../activities/run/unit-work.ts';
import type { OpenedWork } from '../../activities/run/unit-work.ts';
import type {
  ChunkInput,
  CompileOutput,
  JobInput,
  JsonObject,
  NodeResult,
  Plan,
  PlanNode,
  UnitFound,
  WorkInput,
} from '../../plan/index.ts';
import { queues, unitsOf } from '../../plan/index.ts';
import { canonicalBytes } from '../../plan/keys.ts';
import { keepPlan } from '../../records/plan.ts';
import { openFileStore } from '../../adapters/index.ts';
import { kindOf } from '../../schemas/index.ts';
import { bundleWorkflows } from '../../worker/bundle.ts';
import { temporalServer } from '../server.ts';

/** The workflows on a real server, with activities that only say what they were asked. */
export interface Engine extends AsyncDisposable {
  client: Client;
  /** Kinds in the order they were started. */
  started: string[];
  /** Replaces what an activity does, or the work of a kind in `step` and `chunk`. */
  on: Partial<Verbs> & { kinds?: { [kind: string]: (input: OpenedWork<JobInput> & OpenedWork<ChunkInput>) => Promise<unknown> } };
  /** Plans by digest. */
  plans: Map<string, Plan>;
  store: Store;
}

/** The activities; those that work on a unit get it. */
type Verbs = {
  [Name in keyof Activities]: Activities[Name] extends (input: infer Input extends WorkInput) => infer Output
    ? (input: OpenedWork<Input>) => Output
    : Activities[Name];
};

type Rig = Pick<Engine, 'started' | 'on' | 'plans' | 'store'>;

/** `identity`: by which the server knows the worker; default: the SDK's. `slots`: nodes that may wait in it at once; default: 100. */
export async function engine({ identity, slots = 100 }: { identity?: string; slots?: number } = {}): Promise<Engine> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await temporalServer();
  const connection = await NativeConnection.connect({ address: server.address });
  const client = new Client({ connection: await Connection.connect({ address: server.address }) });
  const { code } = await bundleWorkflows();
  const root = await mkdtemp(join(tmpdir(), 'codepmp-engine-'));
  const rig: Rig = { started: [], on: {}, plans: new Map(), store: await openStore(root) };
  const activities = fakes(rig, client);
  const taskQueues = [queues.main, queues.cpu, queues.pool('local'), queues.pool('later'), queues.endpoint('e')];
  const workers = await Promise.all(
    taskQueues.map((taskQueue) =>
      Worker.create({
        connection,
        taskQueue,
        activities,
        workflowBundle: { code },
        maxHeartbeatThrottleInterval: '200ms',
        maxConcurrentActivityTaskExecutions: taskQueue === queues.main ? slots : 100,
        ...(identity !== undefined && { identity }),
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  return Object.assign(rig, {
    client,
    async [Symbol.asyncDispose]() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await client.connection.close();
      await connection.close();
      await server[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    },
  });
}

function fakes(rig: Rig, client: Client): Partial<Activities> {
  const { store } = rig;
  const single = async (input: OpenedWork<JobInput>): Promise<NodeResult> => {
    rig.started.push(input.unit.id);
    return result({ out: `digest-of-${input.unit.id}` });
  };
  const chunk = async ({ node, chunk: index }: OpenedWork<ChunkInput>) => {
    rig.started.push(`${node}/${index}`);
    return { shard: `${node}/${index}`, calls: node === 'weak' ? { e: 1 } : {}, prompt_tokens: {}, completion_tokens: {} };
  };
  const atRoot: Pick<Verbs, 'compilePipeline' | 'readUnits' | 'lookup' | 'note' | 'finish'> = {
    compilePipeline: async (_spec, { input }) => compiledOf(rig, input.plan as Plan),
    readUnits: readUnits({ store }),
    lookup: async ({ run, started, plan: digest, units }) =>
      Promise.all(
        units.map(async (ref) => {
          const { left } = await unitInputOf(await openPlan(store, digest), ref, { store, run, started });
          return { ...nothingFound(unitOf(rig.plans, digest, ref.index), ref.index), left };
        }),
      ),
    note: async (delta) => void (await noteRun(store, delta)),
    finish: async () => ({ report: null }),
  };
  // oxlint-disable-next-line typescript/no-explicit-any -- takes messages of steps and of chunks
  const byKind = (fallback: (input: any) => Promise<any>) => (input: any) => {
    const node = input.unit.nodes.find(({ id }: PlanNode) => id === input.node) ?? input.unit.nodes[0];
    return (rig.on.kinds?.[node.kind] ?? fallback)(input);
  };
  const onUnits: Omit<Verbs, keyof typeof atRoot | 'awaitNode'> = {
    step: byKind(single),
    runProcess: single,
    openGroup: async () => ({ table: 'table', chunks: 3, items: 1 }),
    chunk: byKind(chunk),
    closeGroup: async ({ unit, worked }) =>
      Object.fromEntries(unit.nodes.map(({ id }) => [id, { ...result({ out: `digest-of-${id}` }), ...worked[id] }])),
  };
  // oxlint-disable-next-line typescript/no-explicit-any -- stands in for any activity
  type Standing = [string, any];
  const standIns = rig.on as unknown as { [name: string]: Standing[1] };
  const replaceable = ([name, fallback]: Standing): Standing => [name, (...args: unknown[]) => (standIns[name] ?? fallback)(...args)];
  const opening = Object.entries(onUnits).map(replaceable).map(([name, activity]) => [name, onWork(store, activity)] as const);
  const all = Object.fromEntries([...Object.entries(atRoot).map(replaceable), ...opening]) as unknown as Activities;
  const lookup: Activities['lookup'] = async (input) => {
    if (input.delta) await noteRun(store, input.delta);
    return all.lookup(input);
  };
  return atEdge({ ...all, lookup, awaitNode: awaitNode({ client, store }) });
}

/** A real store; the results that `result` makes up are there as well. */
async function openStore(root: string): Promise<Store> {
  const store = await openFileStore({ root });
  return {
    ...store,
    read: async (name) => {
      const [, made] = name.split('results/made:');
      return made === undefined ? store.read(name) : canonicalBytes(result({ out: made }) as unknown as JsonObject);
    },
  };
}

/** A compiled plan, which the store then has. */
export async function compiledOf({ store, plans }: Pick<Engine, 'store' | 'plans'>, compiled: Plan): Promise<CompileOutput> {
  const digest = await keepPlan(store, compiled);
  plans.set(digest, compiled);
  return {
    name: compiled.name,
    digest,
    store: 'store',
    budget: compiled.budget,
    gpus: { local: 2 },
    prices: { pools: { local: 5 }, endpoints: { e: { input: 1, output: 10 } } },
  };
}

/** Id of a unit by its place. */
export function unitOf(plans: Map<string, Plan>, digest: string, index: number): string {
  return unitsOf(plans.get(digest) as Plan)[index]?.id ?? '';
}

export function nothingFound(id: string, index: number): UnitFound {
  return { index, key: `key-of-${id}`, looked: {}, results: {} };
}

export function result(outputs: { [name: string]: string }): NodeResult {
  return { format: 1, key: `made:${outputs['out']}`, kind: '', parts: {}, outputs, calls: {}, training_steps: 0, seconds: 0 };
}

/** A plan of nodes given as id → kind and the ids it reads. */
export function plan(nodes: { [id: string]: [kind: PlanNode['kind'], ...needs: string[]] }, groups: string[][] = []): Plan {
  return {
    version: 4,
    name: 'test',
    cells: [{ id: 'cell', sweeps: [], values: {}, nodes: Object.fromEntries(Object.keys(nodes).map((id) => [id, id])) }],
    nodes: Object.entries(nodes).map(([id, [kind, ...needs]]) => node(id, kind, needs)),
    groups: groups.map((members) => ({ members, source: { node: 'code', output: 'out' } })),
    claims: [],
    budget: { calls: null, gpu_hours: null, money: null },
    estimate: { calls: {}, tokens: {}, gpu_hours: {}, money: null, history: {} },
  };
}

function node(id: string, kind: PlanNode['kind'], needs: string[]): PlanNode {
  const sampling = { temperature: 1, top_p: 1, top_k: 0, min_p: 0, max_tokens: 1 };
  const model = { name: 'm', endpoint: 'e', identity: 'm', sampling, accept: ['stop'], stop: [] };
  return {
    id,
    step: id,
    label: {},
    kind,
    version: 1,
    shape: kindOf(kind).shape,
    key: `plan-key-of-${id}`,
    settings: {},
    inputs: needs.length > 0 ? { in: needs.map((each) => ({ node: each, output: 'out' })) } : {},
    outputs: { out: 'corpus' },
    models: Object.keys(kindOf(kind).models).length > 0 ? { model } : {},
    resources: {},
    run: { pool: 'local', chunk: null, budget: {} },
    at: { line: 1, column: 1 },
  };
}
