import {
  allHandlersFinished,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  condition,
  continueAsNew,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { chunksOfShard, secondsIn, type NodeInput, type OpenedGroup, type Spent, type UnitSummary, type Worked } from '../plan/index.ts';
import { cpu } from './activities.ts';
import { areAllPaused, keptAskers, listenToAskers, paidBy, payerOf, type Askers, type KeptAskers } from './askers.ts';
import { withBudget } from './budget.ts';
import { failureDetails, memberOf, undispatched, withDetails } from './failure.ts';
import { addWork, pauseShard, shard, shardStopped, type WorkedByNode } from './shard.ts';
import { callsIn, moneyIn } from './allowance.ts';
import { runAll } from './run-all.ts';
import { visits } from './visits.ts';

/** Shards of one group that run at once. */
const shardsAtOnce = 4;

/** Events after which a group starts no more shards, waits for those in progress and continues as new. */
const admitUntil = 3800;

/** What one execution of a group hands to the next. */
interface BegunGroup extends KeptAskers {
  opened: OpenedGroup;
  /** How many shards have been started. */
  started: number;
  worked: WorkedByNode;
}

interface GroupInput extends NodeInput {
  begun?: BegunGroup;
  events?: number;
}

/**
 * Map nodes over the same origins, streamed chunk by chunk through shards whose histories stay short. If the budget of the run limits
 * calls or money, the shards run one after the other, so that only one of them counts. `events`: events of its history after which it
 * continues as a new execution, which gets `begun`. While all runs that wait for it are paused, no chunk is started.
 */
export async function group({ begun, events = admitUntil, ...input }: GroupInput): Promise<UnitSummary> {
  const askers = listenToAskers(begun);
  const { work, key, nodes } = input;
  const last = nodes.at(-1);
  if (!last) throw undispatched(`${key}: a group has members`);
  const worked: WorkedByNode = { ...begun?.worked };
  try {
    const opened = begun?.opened ?? (await withBudget(last, () => cpu.openGroup({ work, key })));
    const started = await runShards(input, { opened, started: begun?.started ?? 0, worked, events, askers });
    if (started < shardsIn(opened, nodes)) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof group>({ ...input, events, begun: { opened, started, worked, ...keptAskers(askers) } });
    }
    return paidBy(askers, await withBudget(last, () => cpu.closeGroup({ work, key, table: opened.table, worked })));
  } catch (error) {
    throw withDetails(error, { ...memberOf(error), spent: spentIn(worked), ...payerOf(askers) });
  }
}

/** Runs shards until all have run or the history is long, and returns how many have. */
async function runShards(
  input: NodeInput,
  { opened, started: before, worked, events, askers }: Omit<BegunGroup, keyof KeptAskers> & { events: number; askers: Askers },
): Promise<number> {
  const { table, chunks, items } = opened;
  const { workflowId, firstExecutionRunId: execution } = workflowInfo();
  const size = chunksOfShard(input.nodes.length);
  const shards = shardsIn(opened, input.nodes);
  const shardAt = visits(shards, execution);
  let started = before;
  const running = new Set<ChildWorkflowHandle<typeof shard>>();
  void tellOfPauses(askers, running).catch(() => undefined);
  const lane = async () => {
    while (started < shards && workflowInfo().historyLength < events) {
      if (areAllPaused(askers)) {
        await condition(() => !areAllPaused(askers));
        continue;
      }
      const from = shardAt(started++) * size;
      const to = Math.min(chunks, from + size);
      const args = [{ ...input, ...leftOf(input, worked), execution, table, items, from, to }] as const;
      const child = await startChild(shard, { workflowId: `${workflowId}/${from}`, args: [...args] });
      running.add(child);
      if (areAllPaused(askers)) await tell(child, true);
      addWork(worked, await child.result().catch((error) => stopped(worked, error)));
      running.delete(child);
    }
  };
  const isLimited = input.calls !== undefined || input.money !== undefined;
  await runAll(Array.from({ length: isLimited ? 1 : shardsAtOnce }, () => lane));
  return started;
}

/** What is left of what the budget allows. */
function leftOf({ calls, money }: NodeInput, worked: WorkedByNode): Pick<NodeInput, 'calls' | 'money'> {
  return {
    ...(calls !== undefined && { calls: calls - callsIn(worked) }),
    ...(money && { money: { ...money, left: money.left - moneyIn(worked, money.prices) } }),
  };
}

/** Tells a shard to start no more chunks, or to go on. One that has just ended cannot be told. */
async function tell(child: ChildWorkflowHandle<typeof shard>, isPaused: boolean): Promise<void> {
  await child.signal(pauseShard, isPaused).catch(() => undefined);
}

/** Tells all shards in progress whenever that changes. */
async function tellOfPauses(askers: Askers, running: ReadonlySet<ChildWorkflowHandle<typeof shard>>): Promise<never> {
  for (let told = false; ; ) {
    await condition(() => areAllPaused(askers) !== told);
    told = !told;
    for (const child of running) await tell(child, told);
  }
}

function shardsIn({ chunks }: OpenedGroup, nodes: NodeInput['nodes']): number {
  return Math.ceil(chunks / chunksOfShard(nodes.length));
}

/** Counts the work of a shard that did not finish. A shard that was cancelled cancels the group. */
function stopped(worked: WorkedByNode, error: unknown): never {
  addWork(worked, failureDetails(error).worked);
  const isStopped = error instanceof ChildWorkflowFailure && error.cause instanceof ApplicationFailure && error.cause.type === shardStopped;
  throw isStopped ? new CancelledFailure('a shard was stopped') : error;
}

function spentIn(worked: WorkedByNode): { [node: string]: Spent } {
  const seconds = secondsIn(Object.values(worked).flatMap(({ ran = [] }) => ran));
  const spentOn = ({ calls, prompt_tokens, completion_tokens }: Worked): Spent => ({
    calls,
    prompt_tokens,
    completion_tokens,
    training_steps: 0,
    seconds,
  });
  return Object.fromEntries(Object.entries(worked).map(([node, each]) => [node, spentOn(each)]));
}
