import type { ClassifiedError } from '../activities/ports.ts';
import type { FailureClass } from '../plan/index.ts';

/** Makes an error that says how it is counted. `name` tells apart errors of one class, for example `DiskFull`. */
export function classified(options: {
  class: FailureClass;
  message: string;
  name?: string;
  cause?: unknown;
  retryAfter?: number | undefined;
}): ClassifiedError {
  const { message, cause, name = 'ClassifiedError', retryAfter } = options;
  const error = new Error(message, cause === undefined ? {} : { cause });
  const extra = retryAfter === undefined ? {} : { retryAfter };
  return Object.assign(error, { name, class: options.class }, extra);
}

/** The error for a full disk where `error` says that the disk is full, else `error` itself. */
export function orDiskFull(error: unknown, where: string): unknown {
  if (!hasCode(error, 'ENOSPC') && !hasCode(error, 'EDQUOT')) return error;
  return diskFull({ where, cause: error });
}

/** Nothing that was finished is lost by it; work can go on once there is room. */
export function diskFull(options: { where: string; detail?: string; cause?: unknown }): ClassifiedError {
  const { where, detail = 'no space left on the device', cause } = options;
  return classified({
    class: 'unavailable',
    name: 'DiskFull',
    message: `disk full at ${where}: ${detail}. Free some space there and run again: everything finished so far is kept and reused`,
    cause,
  });
}

/** True for a system error with this code, for example `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
