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
    if ((await Promise.all(others.map((run) => isRunning(client, run)))).includes(true)) return;
    await node.cancel();
    await node.result().catch(() => {});
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
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
