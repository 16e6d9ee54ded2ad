import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startOf } from './processes.ts';

/**
 * Takes the lock of a folder for this process, or returns the process that holds it. Each candidate creates its own file (named by process
 * and start time, with O_EXCL) and only then looks for others: of two at once, at least one sees the other and withdraws. Any process
 * may remove the file of a dead one, since its name is never used again.
 */
export function takeLock(folder: string): { release: () => void } | { holder: number } {
  mkdirSync(folder, { recursive: true });
  const own = `lock-${process.pid}-${startOf(process.pid)}`;
  const path = join(folder, own);
  closeSync(openSync(path, 'wx'));
  const release = (): void => rmSync(path, { force: true });
  const holder = holderOf(folder, own);
  if (holder === null) return { release };
  release();
  return { holder };
}

/** The living process that holds or is taking the lock; files of dead ones are removed. */
export function holderOf(folder: string, except?: string): number | null {
  for (const { name, pid, start } of lockFiles(folder)) {
    if (name === except) continue;
    if (startOf(pid) === start) return pid;
    rmSync(join(folder, name), { force: true });
  }
  return null;
}

function lockFiles(folder: string): { name: string; pid: number; start: string }[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      const [, pid, start] = /^lock-(\d+)-(.+)$/.exec(name) ?? [];
      return pid === undefined || start === undefined ? [] : [{ name, pid: Number(pid), start }];
    });
  } catch {
    return [];
  }
}
