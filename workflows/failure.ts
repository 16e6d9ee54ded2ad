import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { failureClasses } from '../plan/index.ts';
import type { FailureClass } from '../plan/index.ts';

/** What went wrong, without the activity around it. */
export function rootOf(error: unknown): Error {
  return error instanceof ActivityFailure && error.cause && !isCancellation(error) ? error.cause : (error as Error);
}

/** The class of a failure; one that nobody foresaw is `job-failed`. */
export function classOf(error: unknown): FailureClass {
  const root = rootOf(error);
  return failureClasses.find((each) => root instanceof ApplicationFailure && root.type === each) ?? 'job-failed';
}

/** The sentence of a failure. */
export function messageOf(error: unknown): string {
  return rootOf(error)?.message ?? String(error);
}

/** What a plan asks for and no workflow here can start; an error of another type would only make its task be tried for ever. */
export function undispatched(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'invalid');
}
