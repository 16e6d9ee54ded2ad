import { ApplicationFailure } from '@temporalio/activity';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { queues } from '../../plan/index.ts';
import type { Processes } from '../../ports/processes.ts';

/** The state of an activity that a worker has taken and that nobody wants to cancel, as Temporal numbers it. */
const started = 2;

/**
 * Has Temporal give out again at once what workers were doing whose processes have ended on this machine; otherwise it waits for their
 * heartbeats first. A worker's identity is the name of its process. Returns how many activities these were.
 */
export async function giveOutLost(client: Client, processes: Processes): Promise<number> {
  let lost = 0;
  const running = client.workflow.list({ query: `TaskQueue = '${queues.main}' AND ExecutionStatus = 'Running'` });
  for await (const execution of running) lost += await giveOutOf(execution, { client, processes });
  return lost;
}

/** The same for one execution. Its next task goes to any worker: the lost one may have been the one that has it in memory. */
async function giveOutOf(
  { workflowId, runId }: WorkflowExecutionInfo,
  { client, processes }: { client: Client; processes: Processes },
): Promise<number> {
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
  const lost = (raw.pendingActivities ?? []).filter(
    ({ state, lastWorkerIdentity }) => state === started && processes.hasEnded(lastWorkerIdentity ?? ''),
  );
  if (lost.length === 0) return 0;
  const { namespace } = client.options;
  await client.workflowService.resetStickyTaskQueue({ namespace, execution: { workflowId, runId } });
  const failure = ApplicationFailure.retryable('the process of its worker has ended', 'node-lost');
  await Promise.all(lost.map(({ activityId }) => client.activity.fail({ workflowId, runId, activityId: activityId ?? '' }, failure)));
  return lost.length;
}
