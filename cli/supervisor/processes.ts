import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** When a living process began, in a form that only equals itself; null for one that is gone or a zombie. */
export function startOf(pid: number): string | null {
  if (process.platform !== 'linux') return startByPs(pid);
  const stat = readProc(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  return start === undefined || state === 'Z' ? null : start;
}

/** Living processes whose environment carries a variable whose value passes; never this process. */
export function findProcesses(variable: string, passes: (value: string) => boolean): number[] {
  const environments = process.platform === 'linux' ? environmentsByProc() : environmentsByPs();
  return environments.flatMap(([pid, environment]) => {
    const entry = environment.find((each) => each.startsWith(`${variable}=`));
    return entry && pid !== process.pid && passes(entry.slice(variable.length + 1)) && startOf(pid) !== null ? [pid] : [];
  });
}

/** SIGTERM, after `graceMs` SIGKILL; resolves when all are gone and rejects when one is not after 5 s more. */
export async function endProcesses(pids: number[], { graceMs }: { graceMs: number }): Promise<void> {
  const targets = pids.map((pid) => ({ pid, start: startOf(pid) })).filter(({ start }) => start !== null);
  const living = () => targets.filter(({ pid, start }) => startOf(pid) === start);
  for (const { pid } of living()) signal(pid, 'SIGTERM');
  if (await emptied(living, graceMs)) return;
  for (const { pid } of living()) signal(pid, 'SIGKILL');
  if (await emptied(living, 5000)) return;
  throw new Error(`these processes do not end even by SIGKILL: ${living().map(({ pid }) => pid).join(', ')}`);
}

/** Sends a signal; a process that is gone is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function emptied(living: () => unknown[], withinMs: number): Promise<boolean> {
  for (const end = Date.now() + withinMs; Date.now() < end; await delay(50)) if (living().length === 0) return true;
  return living().length === 0;
}

function environmentsByProc(): [number, string[]][] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.map((pid) => [pid, readProc(pid, 'environ').split('\0')]);
}

function environmentsByPs(): [number, string[]][] {
  const listing = execFileSync('ps', ['-axwwE', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return listing.split('\n').flatMap((line) => {
    const [, pid, rest] = /^\s*(\d+)\s(.*)$/.exec(line) ?? [];
    return pid === undefined || rest === undefined ? [] : [[Number(pid), rest.split(' ')] as [number, string[]]];
  });
}

function startByPs(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '').replaceAll(/\W+/g, '-');
  } catch {
    return null;
  }
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
