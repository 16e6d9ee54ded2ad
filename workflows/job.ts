import { workflowInfo } from '@temporalio/workflow';
import { onlyNode, type JobInput, type NodeInput, type NodeSummary, type UnitSummary, type WorkNode } from '../plan/index.ts';
import { cpuFor, pool } from './activities.ts';
import { listenToAskers } from './askers.ts';
import { withBudget } from './budget.ts';
import { undispatched } from './failure.ts';

/** One node that is a short activity or a process. A lost worker adopts the process; a real failure makes a new attempt. */
export async function job({ nodes, ...input }: NodeInput): Promise<UnitSummary> {
  listenToAskers();
  const node = onlyNode({ id: input.key, nodes });
  const { runId, startTime } = workflowInfo();
  const result = await withBudget(node, (attempt) =>
    startNode(node, { ...input, attempt: `${runId.slice(-8)}-${attempt}`, started: startTime.getTime() }),
  );
  return { [node.id]: result };
}

function startNode({ id, kind, shape, run }: WorkNode, input: JobInput): Promise<NodeSummary> {
  if (shape === 'map') throw undispatched(`${id}: ${kind} runs in a group`);
  return shape === 'process' ? pool(run.pool, kind).runProcess(input) : cpuFor(kind).step(input);
}
