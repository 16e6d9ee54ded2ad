import { ApplicationFailure, condition, continueAsNew, defineSignal, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import { costOf, costOfCall, fewSpans } from '../plan/index.ts';
import type { ChunkInput, ChunkOutput, Counts, Digest, ShardInput, TokenPrices, Worked, WorkNode } from '../plan/index.ts';
import { cpuFor, endpoint } from './activities.ts';
import { withBudget } from './budget.ts';
import { callsIn, createAllowance, moneyIn, totalOf, type Allowance } from './allowance.ts';
import { failureDetails, isOutOfCalls, memberOf, undispatched, withDetails } from './failure.ts';
import { runAll } from './run-all.ts';
import { visits } from './visits.ts';

/** Work by node. */
export type WorkedByNode = { [node: string]: Worked };

/** Failure type of a cancelled shard: a plain cancellation could not carry what it had paid for. */
export const shardStopped = 'ShardStopped';

/** Says whether it is paused: then it starts no chunk. */
export const pauseShard = defineSignal<[isPaused: boolean]>('pause');

/** Chunks of one shard in progress at once. */
const window = 8;

/** Events after which a shard starts no more chunks, finishes those in progress and continues as new. */
const admitUntil = 3800;

/** What is to be done, and what one execution of a shard hands to the next. */
interface BegunShard extends ShardInput {
  visited?: number;
  paused?: boolean;
  worked?: WorkedByNode;
}

/**
 * Processes a range of a group's chunks. Chunk c of a step starts when chunk c of the steps it reads is done, so that the endpoints of
 * all steps are busy at the same time.
 */
export async function shard({ visited = 0, paused = false, ...given }: BegunShard): Promise<WorkedByNode> {
  let isPaused = paused;
  setHandler(pauseShard, (now) => void (isPaused = now));
  const { parent, runId } = workflowInfo();
  const input = { ...given, execution: given.execution ?? parent?.runId ?? runId };
  const { from, to } = input;
  const chunkAt = visits(to - from, input.execution);
  const worked: WorkedByNode = { ...input.worked };
  const allowances = allowancesOf(input, worked);
  let next = visited;
  let isSpent = false;
  const lane = async () => {
    while (!isSpent && next < to - from && workflowInfo().historyLength < admitUntil) {
      if (isPaused) await condition(() => !isPaused || isSpent);
      else
        await runChunk(input, from + chunkAt(next++), { worked, allowances }).catch((error: unknown) => {
          isSpent ||= isOutOfCalls(error);
          throw error;
        });
    }
  };
  try {
    await runAll(Array.from({ length: window }, () => lane));
  } catch (error) {
    if (isCancellation(error)) throw ApplicationFailure.nonRetryable('the shard was stopped', shardStopped, { worked });
    throw withDetails(error, { ...memberOf(error), worked });
  }
  if (next < to - from) await continueAsNew<typeof shard>({ ...input, visited: next, worked, ...(isPaused && { paused: true }) });
  return worked;
}

async function runChunk(
  input: ShardInput & { execution: string },
  chunk: number,
  { worked, allowances }: { worked: WorkedByNode; allowances: Allowances },
): Promise<void> {
  const { nodes, work, key, table, execution } = input;
  const outputs = new Map<string, Promise<ChunkOutput>>();
  const run = async (node: WorkNode) => {
    const upstream = await shardsOf(node.reads, outputs);
    const message: ChunkInput = { work, key, table, node: node.id, chunk, upstream, execution };
    const take = (paid: WorkedByNode) => takeFor(input, node, { allowances, worked, paid });
    return runAttempts(node, message, { take, onPaid: (paid) => addWork(worked, paid) });
  };
  await runAll(
    nodes.map((node) => () => {
      const output = run(node);
      outputs.set(node.id, output);
      return output;
    }),
  );
}

/** What the budget of the run leaves for a shard; null: as much as it needs. */
interface Allowances {
  calls: Allowance | null;
  money: Allowance | null;
}

function allowancesOf({ calls, money }: ShardInput, worked: WorkedByNode): Allowances {
  return {
    calls: calls === undefined ? null : createAllowance(calls - callsIn(worked)),
    money: money === undefined ? null : createAllowance(money.left - moneyIn(worked, money.prices)),
  };
}

/** What a step of a chunk has taken of the budget. */
interface Taken {
  /** What it may use in all, with what it had paid for before. */
  allowed: Pick<ChunkInput, 'most' | 'money'>;
  /** Calls that it had paid for before. */
  before: number;
  /** Nothing was left. */
  isNothing: boolean;
  /** Settles what it has paid for by now. */
  giveBack(paid: WorkedByNode): void;
}

/** Takes as many calls and as much money as a step of a chunk may need, or what is left. */
async function takeFor(
  { items, money: { prices } = { left: 0, prices: {} } }: ShardInput,
  node: WorkNode,
  { allowances, worked, paid }: { allowances: Allowances; worked: WorkedByNode; paid: WorkedByNode },
): Promise<Taken> {
  const calls = node.calls * items;
  const cost = calls * costOfOne(node, sumOf(worked[node.id], paid[node.id] ?? noWork), prices);
  const most = allowances.calls && calls > 0 ? await allowances.calls.take(calls) : null;
  const money = allowances.money && cost > 0 ? await allowances.money.take(cost) : null;
  const before = { calls: callsIn(paid), money: moneyIn(paid, prices) };
  return {
    allowed: { ...(most !== null && { most: before.calls + most }), ...(money !== null && { money: before.money + money }) },
    before: before.calls,
    isNothing: most === 0 || money === 0,
    giveBack(now) {
      if (most !== null) allowances.calls?.giveBack(most, callsIn(now) - before.calls);
      if (money !== null) allowances.money?.giveBack(money, moneyIn(now, prices) - before.money);
    },
  };
}

/**
 * What a call of a step may cost: as much as the longest answer to a prompt that is no longer, or twice what its calls have cost so far,
 * whose prompts may be.
 */
function costOfOne({ endpoint: name, tokens }: WorkNode, done: Worked, prices: TokenPrices): number {
  if (name === null) return 0;
  const each = costOf(done, prices) / Math.max(1, totalOf(done.calls));
  return Math.max(costOfCall(name, tokens, prices), 2 * each);
}

const noWork: Worked = { calls: {}, prompt_tokens: {}, completion_tokens: {} };

/**
 * Runs a step of a chunk until it succeeds or may be retried no more, and says what all attempts have paid for: an attempt counts the
 * answers of those before it, but neither their time nor the calls that brought them no reply. One that has used what it had taken of the
 * budget takes more, while there is any.
 */
async function runAttempts(
  node: WorkNode,
  message: ChunkInput,
  { take, onPaid }: { take: (paid: WorkedByNode) => Promise<Taken>; onPaid: (paid: WorkedByNode) => void },
): Promise<ChunkOutput> {
  let last: Worked = noWork;
  let before: Worked = noWork;
  const paid = (): WorkedByNode => ({ [node.id]: sumOf(before, last) });
  let taken = await take({});
  const attempt = async (): Promise<ChunkOutput> => {
    before = sumOf(before, { ...noWork, calls: last.lost ?? {}, ran: last.ran ?? [] });
    last = noWork;
    const { most } = taken.allowed;
    const limits = { ...taken.allowed, ...(most !== undefined && { most: Math.max(0, most - totalOf(before.calls)) }) };
    try {
      const done = await activityOf(node)({ ...message, ...limits });
      last = done;
      return done;
    } catch (error) {
      last = failureDetails(error).worked?.[node.id] ?? noWork;
      if (isOutOfCalls(error) && (await takeMore())) return attempt();
      throw error;
    }
  };
  const takeMore = async (): Promise<boolean> => {
    const isOfUse = callsIn(paid()) > taken.before;
    taken.giveBack(paid());
    taken = await take(paid());
    return isOfUse && !taken.isNothing;
  };
  try {
    return await withBudget(node, attempt);
  } catch (error) {
    throw withDetails(error, { ...failureDetails(error), node: node.id });
  } finally {
    taken.giveBack(paid());
    onPaid(paid());
  }
}

/** Adds work to the previous work. */
export function addWork(worked: WorkedByNode, more: WorkedByNode = {}): void {
  for (const [node, each] of Object.entries(more)) worked[node] = sumOf(worked[node], each);
}

/** The sum of two pieces of work. */
export function sumOf(one: Worked | undefined, other: Worked): Worked {
  const { calls = {}, prompt_tokens = {}, completion_tokens = {}, ran = [] } = one ?? {};
  return {
    calls: add(calls, other.calls),
    prompt_tokens: add(prompt_tokens, other.prompt_tokens),
    completion_tokens: add(completion_tokens, other.completion_tokens),
    ran: fewSpans([...ran, ...(other.ran ?? [])]),
  };
}

/** The sum of two counts by endpoint. */
export function add(one: Counts, other: Counts): Counts {
  const sum = { ...one };
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

async function shardsOf(nodes: string[], outputs: Map<string, Promise<ChunkOutput>>): Promise<{ [node: string]: Digest }> {
  const shards: { [node: string]: Digest } = {};
  for (const node of nodes) {
    const output = outputs.get(node);
    if (!output) throw undispatched(`${node} must come before the steps that read it`);
    shards[node] = (await output).shard;
  }
  return shards;
}

function activityOf({ id, kind, shape, endpoint: name }: WorkNode): (input: ChunkInput) => Promise<ChunkOutput> {
  if (shape !== 'map') throw undispatched(`${id}: ${kind} does not run in a group`);
  return name === null ? cpuFor(kind).chunk : endpoint(name, kind).chunk;
}
