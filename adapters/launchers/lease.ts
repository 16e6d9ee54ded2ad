import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../../ports/failure.ts';

/** Seconds between two signs of life that a process gives in a file for other machines, which cannot look at it. */
export const renewSeconds = 5;

/** Milliseconds without a sign of life after which it counts as lost there. */
export const lostAfter = 30_000;

/**
 * Renews a file for as long as this process lives, or until the result is called. `onLost` hears of it when the file is gone: another
 * machine has waited too long, and has removed it.
 */
export function keepRenewed(path: string, onLost: () => void = () => {}): () => void {
  const timer = setInterval(() => {
    void renew(path).catch((error: unknown) => {
      if (!['ENOENT', 'ESTALE'].some((code) => hasCode(error, code))) return;
      clearInterval(timer);
      onLost();
    });
  }, renewSeconds * 1000);
  timer.unref();
  return () => clearInterval(timer);
}

/** Writes to a file that is there, so that its file system sets the time: a time that we set would be by the clock of this machine. */
async function renew(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.write('\n', 0).finally(() => file.close());
}

/**
 * Milliseconds since a file was written, by the clock of its file system: the clocks of two machines may differ. null: there is no such
 * file; 0 where that clock cannot be asked.
 */
export function ageOf(path: string): number | null {
  const ask = join(dirname(path), `now-${randomBytes(8).toString('hex')}`);
  try {
    const written = timeOf(path, 'r');
    return Math.max(0, timeOf(ask, 'wx') - written);
  } catch (error) {
    return hasCode(error, 'ENOENT') ? null : 0;
  } finally {
    rmSync(ask, { force: true });
  }
}

/** Whether a file has been written so lately that who writes to it is alive. */
export function isFresh(path: string): boolean {
  return (ageOf(path) ?? Infinity) < lostAfter;
}

/** When a file was written. It is opened because a server of files is asked then; what `stat` says may be a minute old. */
function timeOf(path: string, flags: 'r' | 'wx'): number {
  const file = openSync(path, flags);
  try {
    return fstatSync(file).mtimeMs;
  } finally {
    closeSync(file);
  }
}
