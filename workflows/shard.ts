import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { ChunkInput, ChunkOutput, Digest, NodeInput, PlanNode, ShardInput } from '../plan/index.ts';
import { cpu, endpoint } from './activities.ts';
import { withBudget } from './budget.ts';

/** Calls by node and endpoint. */
export type Calls = { [node: string]: { [endpoint: string]: number } };

/** Chunks of one shard that are worked on at once. */
const window = 8;

/** Events after which a shard admits no chunk more, drains and continues as new. */
const admitUntil = 3800;

/** Worst case measured of one activity in a history: scheduled, started, completed and the workflow task between. */
const eventsPerActivity = 6;

/** Events after which the server suggests to continue as new. */
const suggestedEvents = 4096;

/** Chunks that fit one history with five percent to spare. */
export function chunksPerShard(activitiesPerChunk: number): number {
  return Math.max(1, Math.floor((suggestedEvents / (eventsPerActivity * activitiesPerChunk)) * 0.95));
}

/**
 * A range of a group's chunks. Chunk c of a step starts when chunk c of the steps it reads is done, so the endpoints of
 * all steps are busy together.
 */
export async function shard(input: ShardInput & { calls?: Calls }): Promise<Calls> {
  const calls: Calls = structuredCloneOf(input.calls ?? {});
  let next = input.from;
  const lane = async () => {
    while (next < input.to && workflowInfo().historyLength < admitUntil) await runChunk(input, next++, calls);
  };
  await Promise.all(Array.from({ length: window }, lane));
  if (next < input.to) await continueAsNew<typeof shard>({ ...input, from: next, calls });
  return calls;
}

async function runChunk(input: ShardInput, chunk: number, calls: Calls): Promise<void> {
  const { unit, key, parts, table } = input;
  const execution = workflowInfo().parent?.runId ?? workflowInfo().runId;
  const outputs = new Map<string, Promise<ChunkOutput>>();
  for (const node of unit.nodes) {
    const run = async () => {
      const upstream = await shardsOf(producers(node, input), outputs);
      const work: ChunkInput = { unit, key, parts, table, node: node.id, chunk, upstream, execution };
      return withBudget(node, () => activityOf(node)(work));
    };
    outputs.set(node.id, run());
  }
  await Promise.all(outputs.values());
  for (const [node, output] of outputs) addCalls((calls[node] ??= {}), (await output).calls);
}

/** Adds counts by endpoint. */
export function addCalls(sum: { [endpoint: string]: number }, more: { [endpoint: string]: number }): void {
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
}

function producers(node: PlanNode, input: NodeInput): string[] {
  const members = new Set(input.unit.nodes.map((each) => each.id));
  return Object.values(node.inputs)
    .flat()
    .map((ref) => ref.node)
    .filter((id) => members.has(id));
}

async function shardsOf(
  nodes: string[],
  outputs: Map<string, Promise<ChunkOutput>>,
): Promise<{ [node: string]: Digest }> {
  const shards: { [node: string]: Digest } = {};
  for (const node of nodes) {
    const output = outputs.get(node);
    if (!output) throw new Error(`${node} must stand before the steps that read it`);
    shards[node] = (await output).shard;
  }
  return shards;
}

function activityOf(node: PlanNode): (input: ChunkInput) => Promise<ChunkOutput> {
  switch (node.kind) {
    case 'summarize':
      return endpoint(endpointOf(node)).summarize;
    case 'respond':
      return endpoint(endpointOf(node)).respond;
    case 'candidates':
      return endpoint(endpointOf(node)).candidates;
    case 'clip':
      return cpu.clip;
    case 'pair':
      return cpu.pair;
    default:
      throw new Error(`${node.id}: ${node.kind} does not run in a group`);
  }
}

function endpointOf(node: PlanNode): string {
  const model = node.models['model'];
  if (!model) throw new Error(`${node.id}: a ${node.kind} step calls a model`);
  return model.endpoint;
}

function structuredCloneOf(calls: Calls): Calls {
  return Object.fromEntries(Object.entries(calls).map(([node, counts]) => [node, { ...counts }]));
}
