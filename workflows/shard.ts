import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { ChunkInput, ChunkOutput, Counts, Digest, Paid, ShardInput, WorkNode } from '../plan/index.ts';
import { cpu, endpoint } from './activities.ts';
import { withBudget } from './budget.ts';
import { undispatched } from './failure.ts';

/** What was paid for, by node. */
export type PaidByNode = { [node: string]: Paid };

/** Chunks of one shard that are worked on at once. */
const window = 8;

/** Events after which a shard admits no chunk more, drains and continues as new. */
const admitUntil = 3800;

/**
 * A range of a group's chunks. Chunk c of a step starts when chunk c of the steps it reads is done, so the endpoints of
 * all steps are busy together.
 */
export async function shard(input: ShardInput & { paid?: PaidByNode }): Promise<PaidByNode> {
  const paid: PaidByNode = { ...input.paid };
  let next = input.from;
  const lane = async () => {
    while (next < input.to && workflowInfo().historyLength < admitUntil) await runChunk(input, next++, paid);
  };
  await Promise.all(Array.from({ length: window }, lane));
  if (next < input.to) await continueAsNew<typeof shard>({ ...input, from: next, paid });
  return paid;
}

async function runChunk(input: ShardInput, chunk: number, paid: PaidByNode): Promise<void> {
  const { nodes, work, key, table } = input;
  const execution = workflowInfo().parent?.runId ?? workflowInfo().runId;
  const outputs = new Map<string, Promise<ChunkOutput>>();
  for (const node of nodes) {
    const run = async () => {
      const upstream = await shardsOf(node.reads, outputs);
      const message: ChunkInput = { work, key, table, node: node.id, chunk, upstream, execution };
      return withBudget(node, () => activityOf(node)(message));
    };
    outputs.set(node.id, run());
  }
  await Promise.all(outputs.values());
  for (const [node, output] of outputs) {
    const done = await output;
    paid[node] = sumOf(paid[node], done);
  }
}

/** What was paid for in two places together. */
export function sumOf(one: Paid | undefined, other: Paid): Paid {
  const { calls = {}, prompt_tokens = {}, completion_tokens = {} } = one ?? {};
  return {
    calls: add(calls, other.calls),
    prompt_tokens: add(prompt_tokens, other.prompt_tokens),
    completion_tokens: add(completion_tokens, other.completion_tokens),
  };
}

/** Counts by endpoint together. */
export function add(one: Counts, other: Counts): Counts {
  const sum = { ...one };
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

async function shardsOf(
  nodes: string[],
  outputs: Map<string, Promise<ChunkOutput>>,
): Promise<{ [node: string]: Digest }> {
  const shards: { [node: string]: Digest } = {};
  for (const node of nodes) {
    const output = outputs.get(node);
    if (!output) throw undispatched(`${node} must stand before the steps that read it`);
    shards[node] = (await output).shard;
  }
  return shards;
}

function activityOf(node: WorkNode): (input: ChunkInput) => Promise<ChunkOutput> {
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
      throw undispatched(`${node.id}: ${node.kind} does not run in a group`);
  }
}

function endpointOf({ id, kind, endpoint: name }: WorkNode): string {
  if (name === null) throw undispatched(`${id}: a ${kind} step calls a model`);
  return name;
}
