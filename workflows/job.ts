import { workflowInfo } from '@temporalio/workflow';
import { onlyNode } from '../plan/index.ts';
import type { JobInput, NodeInput, NodeSummary, UnitSummary, WorkNode } from '../plan/index.ts';
import { cpu, pool } from './activities.ts';
import { withBudget } from './budget.ts';
import { undispatched } from './failure.ts';

/** One node that is a short activity or a process. A lost worker adopts the process; a real failure makes a new attempt. */
export async function job({ nodes, ...input }: NodeInput): Promise<UnitSummary> {
  const node = onlyNode({ id: input.key, nodes });
  const { runId, startTime } = workflowInfo();
  const result = await withBudget(node, (attempt) =>
    start(node, { ...input, attempt: `${runId.slice(-8)}-${attempt}`, started: startTime.getTime() }),
  );
  return { [node.id]: result };
}

function start(node: WorkNode, input: JobInput): Promise<NodeSummary> {
  switch (node.kind) {
    case 'source/files':
      return cpu.sourceFiles(input);
    case 'dataset/arithmetic':
      return cpu.datasetArithmetic(input);
    case 'report':
      return cpu.report(input);
    case 'train/pmp':
    case 'train/rm':
    case 'grade':
    case 'eval/accuracy':
    case 'eval/choice':
    case 'eval/bon':
      return pool(node.run.pool).runProcess(input);
    case 'summarize':
    case 'clip':
    case 'respond':
    case 'pair':
    case 'candidates':
      throw undispatched(`${node.id}: ${node.kind} runs in a group`);
    default:
      throw undispatched(`${node.id}: nothing does the work of ${node.kind}`);
  }
}
