import { closeSync, openSync, readSync } from 'node:fs';
import { hasCode } from '../../ports/failure.ts';
import { limits } from './limits.ts';

/** The file name that means standard input. */
export const standardInput = '-';

/**
 * Reads a file or standard input up to one byte beyond the limit of the language: enough to see that it is too large, also for a
 * device without end.
 */
export function readBounded(path: string): Uint8Array {
  const descriptor = path === standardInput ? 0 : openSync(path, 'r');
  try {
    const bytes = new Uint8Array(limits.bytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) read = readSome(descriptor, bytes.subarray(length));
    return bytes.subarray(0, length);
  } finally {
    if (path !== standardInput) closeSync(descriptor);
  }
}

/** Reads some bytes, and waits for a pipe that has none yet. */
function readSome(descriptor: number, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(descriptor, into);
    } catch (error) {
      if (hasCode(error, 'EOF')) return 0;
      if (!hasCode(error, 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
