import { ApplicationFailure, CancelledFailure, ChildWorkflowFailure, executeChild, workflowInfo } from '@temporalio/workflow';
import { chunksOfShard, secondsIn, type NodeInput, type Spent, type UnitSummary, type Worked } from '../plan/index.ts';
import { cpu } from './activities.ts';
import { listenToAskers } from './askers.ts';
import { withBudget } from './budget.ts';
import { failureDetails, memberOf, undispatched, withDetails } from './failure.ts';
import { addWork, shard, shardStopped, type WorkedByNode } from './shard.ts';
import { callsIn } from './call-budget.ts';
import { runAll } from './run-all.ts';

/** Shards of one group that run at once. */
const shardsAtOnce = 4;

/**
 * Map nodes over the same origins, streamed chunk by chunk through shards whose histories stay short. If the budget of the run limits
 * the calls, the shards run one after the other, so that only one of them counts.
 */
export async function group(input: NodeInput): Promise<UnitSummary> {
  listenToAskers();
  const { work, key, nodes } = input;
  const { workflowId } = workflowInfo();
  const last = nodes.at(-1);
  if (!last) throw undispatched(`${key}: a group has members`);
  const worked: WorkedByNode = {};
  try {
    const { table, chunks, items } = await withBudget(last, () => cpu.openGroup({ work, key }));
    const size = chunksOfShard(nodes.length);
    let next = 0;
    const lane = async () => {
      while (next < chunks) {
        const from = next;
        const to = Math.min(chunks, from + size);
        next = to;
        const left = input.calls !== undefined && { calls: input.calls - callsIn(worked) };
        const args = [{ ...input, ...left, table, items, from, to }] as const;
        addWork(
          worked,
          await executeChild(shard, { workflowId: `${workflowId}/${from}`, args: [...args] }).catch((error) => stopped(worked, error)),
        );
      }
    };
    await runAll(Array.from({ length: input.calls === undefined ? shardsAtOnce : 1 }, () => lane));
    return await withBudget(last, () => cpu.closeGroup({ work, key, table, worked }));
  } catch (error) {
    throw withDetails(error, { ...memberOf(error), spent: spentIn(worked) });
  }
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
