import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { isGrpcServiceError, ServiceError, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { askMessages, causeIn, errorTypes, queues, type AwaitInput, type UnitSummary } from '../../plan/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { askerOf, isRunning, leaveNode } from './leave-node.ts';
import { lookUp, partsOf } from './lookup.ts';
import { openPlan } from './plan-table.ts';
import { unitInputOf } from './unit-input.ts';
import { workOn, type UnitWork } from './unit-work.ts';

/** Longest summary, characters; the server accepts at most 400 bytes. */
const longestSummary = 200;

/** Pays for what another run has made and this one has not waited for. */
const another = 'another run';

/**
 * Starts a node workflow, or joins one that is already running under this key, and waits for its result. Nothing is started whose result
 * the store has by now: it may have been made since the lookup, for another run or an earlier attempt. A node that somebody else
 * cancelled or terminated is started again by the retry. A run that is cancelled or terminated leaves its nodes, and those that no other
 * run waits for stop.
 */
export function awaitNode({ client, store }: Pick<Dependencies, 'client' | 'store'>) {
  return async ({ run, started, plan, unit: ref, store: id, key, looked, begun, calls, money }: AwaitInput): Promise<UnitSummary> => {
    const context = Context.current();
    const { unit } = await unitInputOf(await openPlan(store, plan), ref, { store, run, started });
    const work = { unit, parts: partsOf(unit, looked) };
    const made = await madeMeanwhile(store, work);
    if (made) return begun || context.info.attempt > 1 ? made : paidByAnother(made);
    const input = await workOn(store, { ...work, key });
    const asker = askerOf(context.info);
    try {
      const handle = await client.workflow.signalWithStart(unit.group ? 'group' : 'job', {
        taskQueue: queues.main,
        workflowId: `${id}/${key}`,
        args: [{ ...input, ...(calls !== undefined && { calls }), ...(money && { money }) }],
        signal: askMessages.ask,
        signalArgs: [asker],
        staticSummary: unit.id.slice(0, longestSummary),
      });
      try {
        return (await Promise.race([handle.result(), context.cancelled])) as UnitSummary;
      } catch (error) {
        if (await isRunOver(client, context)) await leaveNode(client, handle, asker);
        throw error;
      }
    } catch (error) {
      throw context.cancellationSignal.aborted ? error : asNodeFailure(error);
    }
  };
}

/** The results of a unit that ended between the lookup and this attempt; null if one is missing. */
async function madeMeanwhile(store: Dependencies['store'], work: UnitWork): Promise<UnitSummary | null> {
  const { results } = await lookUp(store, work);
  return work.unit.nodes.every(({ id }) => id in results) ? results : null;
}

function paidByAnother(made: UnitSummary): UnitSummary {
  return Object.fromEntries(Object.entries(made).map(([node, result]) => [node, { ...result, payer: another }]));
}

/** Whether the run no longer wants the node: it was cancelled, or it has ended without a new execution that goes on with it. */
async function isRunOver(client: Client, { info, cancellationDetails }: Context): Promise<boolean> {
  if (cancellationDetails?.cancelRequested) return true;
  return cancellationDetails?.notFound === true && !(await isRunning(client, askerOf(info).run));
}

/**
 * A server that is unreachable, restarting or too busy is not a failure of the step: Temporal retries as long as necessary. Only a
 * request that the server rejects because of its content ends the step.
 */
function asNodeFailure(error: unknown): unknown {
  if (error instanceof WorkflowFailedError) return failureOfNode(error);
  const answer = causeIn(error, isGrpcServiceError);
  if (answer && refusals.includes(answer.code))
    return ApplicationFailure.nonRetryable(`the Temporal server refused to start or follow the step: ${answer.details}`, 'job-failed');
  if (answer || error instanceof ServiceError || error instanceof WorkflowNotFoundError)
    return ApplicationFailure.retryable((error as Error).message, 'ServerUnreachable');
  return error;
}

/** gRPC's INVALID_ARGUMENT, PERMISSION_DENIED, UNIMPLEMENTED and UNAUTHENTICATED. */
const refusals = [3, 7, 12, 16];

/** The failure a node ended with: that of the activity, inside that of the shard and the group. */
function failureOfNode(error: WorkflowFailedError): ApplicationFailure {
  const cause = causeIn(error, (each) => each instanceof ApplicationFailure);
  if (!cause) return ApplicationFailure.retryable(error.message, 'NodeStopped');
  const known = errorTypes.some((each) => each === cause.type);
  return ApplicationFailure.nonRetryable(cause.message, known ? cause.type : 'job-failed', ...(cause.details ?? []));
}
