import type { FailureClass, FailureDetails } from '../plan/index.ts';
import type { ClassifiedError } from './ports.ts';

/** An error of a class; the message names the thing, what happened and the next action. */
export function classified(failureClass: FailureClass, message: string): ClassifiedError {
  return Object.assign(new Error(message), { class: failureClass });
}

/** An error that also says which node it is about, or what the work took until then. */
export function withDetails(error: unknown, details: FailureDetails): Error {
  return Object.assign(error instanceof Error ? error : new Error(String(error)), details);
}
