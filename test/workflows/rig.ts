import { randomUUID } from 'node:crypto';
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
import type { Opened } from '../../activities/run/unit-work.ts';
import type { ChunkInput, CompileOutput, JobInput, NodeResult, Plan, PlanNode, UnitFound, WorkInput } from '../../plan/index.ts';
import { queues, unitsOf } from '../../plan/index.ts';
import { digestOf } from '../../plan/keys.ts';
import { kindOf } from '../../schemas/index.ts';
import { bundleWorkflows } from '../../worker/bundle.ts';
import { temporalServer } from '../server.ts';

/** The workflows on a real server, with activities that only say what they were asked. */
export interface Engine extends AsyncDisposable {
  client: Client;
  /** Kinds in the order they were started. */
  started: string[];
  /** Replaces what an activity does, or the work of a kind in `step` and `chunk`. */
  on: Partial<Verbs> & { kinds?: { [kind: string]: (input: Opened<JobInput> & Opened<ChunkInput>) => Promise<unknown> } };
  /** Plans by digest. */
  plans: Map<string, Plan>;
}

/** The activities; those that work on a unit get it. */
type Verbs = {
  [Name in keyof Activities]: Activities[Name] extends (input: infer Input extends WorkInput) => infer Output ? (input: Opened<Input>) => Output : Activities[Name];
};

type Rig = Pick<Engine, 'started' | 'on' | 'plans'>;

export async function engine(): Promise<Engine> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await temporalServer();
  const connection = await NativeConnection.connect({ address: server.address });
  const client = new Client({ connection: await Connection.connect({ address: server.address }) });
  const { code } = await bundleWorkflows();
  const rig: Rig = { started: [], on: {}, plans: new Map() };
  const activities = fakes(rig, client);
  const taskQueues = [queues.main, queues.cpu, queues.pool('local'), queues.pool('later'), queues.endpoint('e')];
  const workers = await Promise.all(
    taskQueues.map((taskQueue) => Worker.create({ connection, taskQueue, activities, workflowBundle: { code }, maxHeartbeatThrottleInterval: '200ms' })),
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
    },
  });
}

function fakes(rig: Rig, client: Client): Partial<Activities> {
  const store = storeOf(rig.plans);
  const single = async (input: Opened<JobInput>): Promise<NodeResult> => {
    rig.started.push(input.unit.id);
    return result({ out: `digest-of-${input.unit.id}` });
  };
  const chunk = async ({ node, chunk: index }: Opened<ChunkInput>) => {
    rig.started.push(`${node}/${index}`);
    return { shard: `${node}/${index}`, calls: node === 'weak' ? { e: 1 } : {}, prompt_tokens: {}, completion_tokens: {} };
  };
  const atRoot: Pick<Verbs, 'compilePipeline' | 'readUnits' | 'lookup' | 'note' | 'finish'> = {
    compilePipeline: async (_spec, { input }) => compiledOf(rig.plans, input.plan as Plan),
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
    openGroup: async () => ({ table: 'table', chunks: 3 }),
    chunk: byKind(chunk),
    closeGroup: async ({ unit, worked }) =>
      Object.fromEntries(unit.nodes.map(({ id }) => [id, { ...result({ out: `digest-of-${id}` }), ...worked[id] }])),
  };
  // oxlint-disable-next-line typescript/no-explicit-any -- stands in for any activity
  const replaceable = ([name, fallback]: [string, any]): [string, any] => [name, (...args: unknown[]) => ((rig.on as any)[name] ?? fallback)(...args)];
  const opening = Object.entries(onUnits).map(replaceable).map(([name, activity]) => [name, onWork(store, activity)] as const);
  const all = Object.fromEntries([...Object.entries(atRoot).map(replaceable), ...opening]) as unknown as Activities;
  const lookup: Activities['lookup'] = async (input) => {
    if (input.delta) await noteRun(store, input.delta);
    return all.lookup(input);
  };
  return atEdge({ ...all, lookup, awaitNode: awaitNode({ client, store }) });
}

/** A store that has plans and the results of `result`, and takes blobs and notes. */
function storeOf(plans: Map<string, Plan>): Store {
  const blobs = new Map<string, Uint8Array>();
  const notes = new Map<string, Uint8Array>();
  const store: Pick<Store, 'id' | 'putBytes' | 'getBytes' | 'read' | 'note' | 'readNote'> = {
    id: randomUUID(),
    putBytes: async (bytes) => {
      const digest = digestOf(bytes);
      blobs.set(digest, bytes);
      return digest;
    },
    getBytes: async (digest) => blobs.get(digest) ?? new TextEncoder().encode(JSON.stringify(plans.get(digest))),
    read: async (name) => {
      const [, made] = name.split('results/made:');
      return made === undefined ? null : new TextEncoder().encode(JSON.stringify(result({ out: made })));
    },
    note: async (name, bytes) => void notes.set(name, bytes),
    readNote: async (name) => notes.get(name) ?? null,
  };
  return store as Store;
}

/** A compiled plan, which the store then has. */
export function compiledOf(plans: Map<string, Plan>, compiled: Plan): CompileOutput {
  const digest = `plan-${plans.size}`;
  plans.set(digest, compiled);
  return { name: compiled.name, digest, store: 'store', budget: compiled.budget, gpus: { local: 2 }, prices: { pools: { local: 5 }, endpoints: { e: { input: 1, output: 10 } } }, warnings: [] };
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
    version: 2,
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
