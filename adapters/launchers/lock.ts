import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ageOf, keepRenewed, lostAfter } from './lease.ts';
import { hostOf, thisMachine } from './machine.ts';
import { hasEnded, namedProcess, processName, type NamedProcess } from './process-name.ts';

/** A process that holds a lock. */
export interface LockHolder {
  pid: number;
  /** The name of its host, where that is another machine, whose processes we cannot look at; null: this machine. */
  elsewhere: string | null;
  /** Milliseconds since its last sign of life, which is of interest from elsewhere. */
  silent: number;
}

const prefix = 'lock-';

/**
 * Takes the lock of a folder for this process, or returns the process that holds it. Each candidate creates its own file (named by process,
 * start time and machine, with O_EXCL) and only then looks for others: of two at once, at least one sees the other and withdraws. Any
 * process may remove the file of a dead one, since its name is never used again. On another machine a process counts as dead when it has
 * not renewed its file for 30 s; if it lives after all, `onLost` tells it.
 */
export function takeLock(folder: string, onLost?: () => void): { release: () => void } | { holder: LockHolder } {
  mkdirSync(folder, { recursive: true });
  const own = `${prefix}${processName(process.pid)}`;
  const path = join(folder, own);
  closeSync(openSync(path, 'wx'));
  const holder = holderOf(folder, own);
  if (holder !== null) {
    rmSync(path, { force: true });
    return { holder };
  }
  const stop = keepRenewed(path, onLost);
  const release = (): void => {
    stop();
    rmSync(path, { force: true });
  };
  return { release };
}

/** The living process that holds or is taking the lock; files of dead ones are removed. */
export function holderOf(folder: string, except?: string): LockHolder | null {
  for (const { name, holder } of lockFiles(folder)) {
    if (name === except) continue;
    const ended = hasEnded(holder);
    const silent = ended === null ? (ageOf(join(folder, name)) ?? Infinity) : 0;
    if (!(ended ?? silent >= lostAfter)) return { pid: holder.pid, elsewhere: ended === null ? hostOf(holder.machine) : null, silent };
    rmSync(join(folder, name), { force: true });
  }
  return null;
}

/** Before locks named their machine, they were of this one. */
function lockFiles(folder: string): { name: string; holder: NamedProcess }[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      if (!name.startsWith(prefix)) return [];
      const text = name.slice(prefix.length);
      const holder = namedProcess(text.includes('@') ? text : `${text}@${thisMachine()}`);
      return holder ? [{ name, holder }] : [];
    });
  } catch {
    return [];
  }
}
