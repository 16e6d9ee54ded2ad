import { closeSync, openSync, readSync } from 'node:fs';
import { limits } from './limits.ts';

/** Name by which commands take what is piped to them. */
export const standardInput = '-';

/**
 * A file, or what comes by standard input, as far as the language goes: one byte beyond its limit is enough to see that it
 * is too large, and a device without end is answered like any large file.
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

/** A pipe that has nothing yet is waited for. */
function readSome(descriptor: number, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(descriptor, into);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
