import type { errorTypes, FailureDetails } from '../plan/index.ts';

/**
 * An error that says how it is counted. Rooms share no error classes: whoever catches looks for `class`. The message
 * names the thing, what happened and the next action.
 */
export interface ClassifiedError extends Error, FailureDetails {
  readonly class: (typeof errorTypes)[number];
}

/** Makes an error of a class. `name` distinguishes errors of one class, for example `DiskFull`; `retryAfter` is in milliseconds. */
export function classified(
  failureClass: ClassifiedError['class'],
  message: string,
  { name = 'ClassifiedError', cause, retryAfter }: { name?: string; cause?: unknown; retryAfter?: number | undefined } = {},
): ClassifiedError {
  const error = new Error(message, cause === undefined ? {} : { cause });
  return Object.assign(error, { name, class: failureClass }, retryAfter === undefined ? {} : { retryAfter });
}

/** The error of a full disk if that is what `error` says, else `error` itself. */
export function orDiskFull(error: unknown, where: string): unknown {
  if (!hasCode(error, 'ENOSPC') && !hasCode(error, 'EDQUOT')) return error;
  return diskFull({ where, cause: error });
}

/** The error of a full disk. Finished work is kept, and work can continue once there is space. */
export function diskFull(options: { where: string; detail?: string; cause?: unknown }): ClassifiedError {
  const { where, detail = 'no space left on the device', cause } = options;
  const message = `disk full at ${where}: ${detail}. Free some space there and run again: everything finished so far is kept and reused`;
  return classified('unavailable', message, { name: 'DiskFull', cause });
}

/** The message of something thrown. */
export function messageOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** True for a system error with this code, for example `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** An error that also says which node it is about, or what the work took until then. */
export function withDetails(error: unknown, details: FailureDetails): Error {
  return Object.assign(error instanceof Error ? error : new Error(String(error)), details);
}
