import { CancellationScope, sleep, workflowInfo } from '@temporalio/workflow';
import { onlyNode, type JobInput, type NodeInput, type NodeSummary, type UnitSummary, type WorkNode } from '../plan/index.ts';
import { cpuFor, pool } from './activities.ts';
import { listenToAskers, paidBy, payerOf } from './askers.ts';
import { withBudget } from './budget.ts';
import { failureDetails, undispatched, withDetails } from './failure.ts';

/** For how long one worker is alone with a step that several may do together, and how many may join it then. */
const [alone, helpers] = ['20s', 15] as const;

/** One node that is a short activity or a process. A lost worker adopts the process; a real failure makes a new attempt. */
export async function job({ nodes, ...input }: NodeInput): Promise<UnitSummary> {
  const askers = listenToAskers();
  const node = onlyNode({ id: input.key, nodes });
  const { runId, startTime } = workflowInfo();
  try {
    const result = await withBudget(node, (attempt) =>
      startNode(node, { ...input, attempt: `${runId.slice(-8)}-${attempt}`, started: startTime.getTime() }),
    );
    return paidBy(askers, { [node.id]: result });
  } catch (error) {
    throw withDetails(error, { ...failureDetails(error), ...payerOf(askers) });
  }
}

function startNode({ id, kind, shape, run, together }: WorkNode, input: JobInput): Promise<NodeSummary> {
  if (shape === 'map') throw undispatched(`${id}: ${kind} runs in a group`);
  if (shape === 'process') return pool(run.pool, kind).runProcess(input);
  const step = (): Promise<NodeSummary> => cpuFor(kind).step(input);
  return together ? withHelp(step) : step();
}

/**
 * Has a step done by one worker, and if it takes long by others with it. Whoever finds all parts done has the result of all, and only
 * the first may fail.
 */
function withHelp(step: () => Promise<NodeSummary>): Promise<NodeSummary> {
  return CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    const first = step();
    try {
      await Promise.race([first, sleep(alone)]);
      const others = Array.from({ length: helpers }, () => step().catch(() => first));
      return await Promise.race([first, ...others]);
    } finally {
      scope.cancel();
    }
  });
}
