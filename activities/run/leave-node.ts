import type { Info } from '@temporalio/activity';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { askMessages, type WaitingRun } from '../../plan/index.ts';

/** The run that an activity waits for. */
export function askerOf({ workflowExecution, currentAttemptScheduledTimestampMs }: Info): WaitingRun {
  return { run: workflowExecution?.workflowId ?? '', at: currentAttemptScheduledTimestampMs };
}

/** Leaves a node. If no other run that is still running waits for it, the node is cancelled, and has ended when the promise resolves. */
export async function leaveNode(client: Client, node: WorkflowHandle, asker: WaitingRun): Promise<void> {
  try {
    const others = await node.executeUpdate<string[], [WaitingRun]>(askMessages.leave, { args: [asker] });
    if (await areRunning(client, others)) return;
    await node.cancel();
    await node.result().catch(() => {});
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/**
 * Cancels the nodes of a store that no running run waits for: those of a run that was terminated while no worker could see it. Returns
 * the ids of their workflows.
 */
export async function stopOrphans(client: Client, store: string): Promise<string[]> {
  const stopped: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: `WorkflowType IN ('group', 'job') AND ExecutionStatus = 'Running'` })) {
    if (!workflowId.startsWith(`${store}/`)) continue;
    const node = client.workflow.getHandle(workflowId);
    const askers = await node.query<string[]>(askMessages.askers).catch(() => null);
    if (askers === null || (await areRunning(client, askers))) continue;
    await node.cancel();
    stopped.push(workflowId);
  }
  return stopped;
}

/** Whether any of these runs is running. */
async function areRunning(client: Client, runs: string[]): Promise<boolean> {
  return (await Promise.all(runs.map((run) => isRunning(client, run)))).includes(true);
}

/** Whether an execution of this run is running. */
export async function isRunning(client: Client, run: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(run).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
