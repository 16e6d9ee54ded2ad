import { ActivityFailure, ApplicationFailure, CancelledFailure, isCancellation } from '@temporalio/workflow';
import { callsSpent, causeIn, dataLost, failureClasses, type FailureClass, type FailureDetails } from '../plan/index.ts';

/** What went wrong, without the activity around it. */
export function rootOf(error: unknown): Error {
  return error instanceof ActivityFailure && error.cause && !isCancellation(error) ? error.cause : (error as Error);
}

/** The class of a failure; an unexpected one is `job-failed`. */
export function classOf(error: unknown): FailureClass {
  const root = rootOf(error);
  return failureClasses.find((each) => root instanceof ApplicationFailure && root.type === each) ?? 'job-failed';
}

/** Whether work ended because the run may make no more model calls. */
export function isOutOfCalls(error: unknown): boolean {
  const root = rootOf(error);
  return root instanceof ApplicationFailure && root.type === callsSpent;
}

/** Whether work met a file of the store that is missing or damaged. */
export function isDataLost(error: unknown): boolean {
  const root = rootOf(error);
  return root instanceof ApplicationFailure && root.type === dataLost;
}

/** The sentence of a failure. */
export function messageOf(error: unknown): string {
  return rootOf(error)?.message ?? String(error);
}

/** A failure for a plan that asks for something no workflow can start; an ordinary error would make its task be retried forever. */
export function undispatched(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'invalid');
}

/** The details of a failure or of cancelled work. */
export function failureDetails(error: unknown): FailureDetails {
  const { details } = causeOf(error) ?? {};
  return (details?.[0] as FailureDetails | undefined) ?? {};
}

/** The member of a group that a failure is about, if it says so. */
export function memberOf(error: unknown): Pick<FailureDetails, 'node'> {
  const { node } = failureDetails(error);
  return node === undefined ? {} : { node };
}

/** The failure of an activity or of a child workflow with other details; a bug or a cancellation is returned unchanged. */
export function withDetails(error: unknown, details: FailureDetails): unknown {
  const cause = causeOf(error);
  return cause instanceof ApplicationFailure ? ApplicationFailure.nonRetryable(cause.message, cause.type, details) : error;
}

/** The outermost failure that carries details. */
function causeOf(error: unknown): ApplicationFailure | CancelledFailure | null {
  return causeIn(error, (cause) => cause instanceof ApplicationFailure || cause instanceof CancelledFailure);
}
