import type { FailureClass } from '../plan/index.ts';
import type { ClassifiedError } from './ports.ts';

/** An error of a class; the message names the thing, what happened and the next action. */
export function classified(failureClass: FailureClass, message: string): ClassifiedError {
  return Object.assign(new Error(message), { class: failureClass });
}
