import { ApplicationFailure, Context } from '@temporalio/activity';
import { isGrpcServiceError, WorkflowFailedError } from '@temporalio/client';
import { failureClasses, queues } from '../../plan/index.ts';
import type { AwaitInput, UnitSummary } from '../../plan/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { lookUp } from './lookup.ts';
import { openPlan } from './plan-table.ts';
import { unitInputOf } from './unit-input.ts';
import { workOn } from './unit-work.ts';

/** Characters of a summary; the server takes no more than 400 bytes. */
const longestSummary = 200;

/**
 * Starts a node workflow, or joins the one that runs already under this key, and waits for its result. A node that
 * somebody else cancelled or terminated is started again by the retry; our own cancellation goes on to the node.
 */
export function awaitNode({ client, store }: Pick<Dependencies, 'client' | 'store'>) {
  return async ({ run, started, plan, unit: ref, store: id, key, looked }: AwaitInput): Promise<UnitSummary> => {
    const context = Context.current();
    const { unit } = await unitInputOf(await openPlan(store, plan), ref, { store, run, started });
    const { parts } = await lookUp({ store }, unit, looked);
    const input = await workOn(store, { unit, parts, key });
    try {
      const handle = await client.workflow.start(unit.group ? 'group' : 'job', {
        taskQueue: queues.main,
        workflowId: `${id}/${key}`,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: unit.id.slice(0, longestSummary),
      });
      try {
        return (await Promise.race([handle.result(), context.cancelled])) as UnitSummary;
      } catch (error) {
        if (!context.cancellationDetails?.cancelRequested) throw error;
        await handle.cancel();
        await handle.result().catch(() => {});
        throw error;
      }
    } catch (error) {
      throw context.cancellationSignal.aborted ? error : asNodeFailure(error);
    }
  };
}

/** The failure a node ended with: a group fails with its shard, and the shard with its activity. */
function applicationFailureIn(error: unknown): ApplicationFailure | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof ApplicationFailure) return cause;
  return null;
}

function asNodeFailure(error: unknown): unknown {
  if (isGrpcServiceError(error)) return ApplicationFailure.retryable(error.message, 'ServerUnreachable');
  if (!(error instanceof WorkflowFailedError)) return error;
  const cause = applicationFailureIn(error);
  if (!cause) return ApplicationFailure.retryable(error.message, 'NodeStopped');
  const known = failureClasses.some((each) => each === cause.type);
  return ApplicationFailure.nonRetryable(cause.message, known ? cause.type : 'job-failed', ...(cause.details ?? []));
}
