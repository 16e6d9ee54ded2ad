import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from '../../ports/failure.ts';

/** Environment variables that identify a process; its child processes inherit them. */
export type Marker = { [variable: string]: string };

interface ProcessEntry {
  pid: number;
  parent: number;
  /** `NAME=value` each; empty for a process of another user. */
  environment: string[];
}

interface FindOptions {
  /** Also their descendants, with or without the marker. */
  descendants: boolean;
}

/** Living processes whose environment passes, without zombies and this process. */
export function findProcesses(passes: (environment: string[]) => boolean, { descendants }: FindOptions): number[] {
  const entries = process.platform === 'linux' ? listByProc() : listByPs();
  const marked = entries.filter(({ environment }) => passes(environment));
  const children = descendants ? Map.groupBy(entries, ({ parent }) => parent) : new Map<number, ProcessEntry[]>();
  const found = new Set<number>();
  const visit = ({ pid }: ProcessEntry): void => {
    if (found.has(pid) || pid === process.pid) return;
    found.add(pid);
    children.get(pid)?.forEach(visit);
  };
  marked.forEach(visit);
  return [...found];
}

/** Whether an environment has all variables of a marker. */
export function carries(marker: Marker): (environment: string[]) => boolean {
  return (environment) => Object.entries(marker).every(([name, value]) => environment.includes(`${name}=${value}`));
}

/** The environment a process was started with, `NAME=value` each; empty if it no longer exists or is not ours. */
export function environmentOf(pid: number): string[] {
  if (process.platform === 'linux') return readProc(pid, 'environ').split('\0');
  return variablesIn(ps(['-wwE', '-o', 'command=', '-p', `${pid}`]));
}

/** When a living process started, as a text to compare; null if it no longer exists or is a zombie. */
export function startOf(pid: number): string | null {
  if (process.platform === 'linux') {
    const { state, start } = readStat(pid);
    return state === 'Z' ? null : start;
  }
  const line = ps(['-o', 'stat=,lstart=', '-p', `${pid}`]).trim();
  return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '').replaceAll(/\W+/g, '-');
}

/** Sends SIGTERM, and SIGKILL after `graceMs`; resolves when all have ended, and rejects if one has not after another 5 s. */
export async function endProcesses(pids: number[], { graceMs }: { graceMs: number }): Promise<void> {
  const targets = pids.map((pid) => ({ pid, start: startOf(pid) })).filter(({ start }) => start !== null);
  const living = () => targets.filter(({ pid, start }) => startOf(pid) === start);
  for (const { pid } of living()) sendSignal(pid, 'SIGTERM');
  if (await emptied(living, graceMs)) return;
  for (const { pid } of living()) sendSignal(pid, 'SIGKILL');
  if (await emptied(living, 5000)) return;
  throw new Error(`these processes do not end even after SIGKILL: ${living().map(({ pid }) => pid).join(', ')}`);
}

/** Sends SIGKILL to what is found until two looks in a row find nothing; rejects if something is still there after 10 s. */
export async function killAll(find: () => number[]): Promise<void> {
  const end = performance.now() + 10_000;
  for (let quiet = 0; quiet < 2; ) {
    const alive = find();
    quiet = alive.length === 0 ? quiet + 1 : 0;
    for (const pid of alive) sendSignal(pid, 'SIGKILL');
    if (performance.now() > end) throw new Error(`these processes do not end even after SIGKILL: ${alive.join(', ')}`);
    if (quiet < 2) await delay(50);
  }
}

/** Sends a signal; a process that no longer exists is ignored. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

async function emptied(living: () => unknown[], withinMs: number): Promise<boolean> {
  for (const end = Date.now() + withinMs; Date.now() < end; await delay(50)) if (living().length === 0) return true;
  return living().length === 0;
}

function listByProc(): ProcessEntry[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.flatMap((pid) => {
    const { state, parent, start } = readStat(pid);
    return start === null || state === 'Z' ? [] : [{ pid, parent, environment: environmentOf(pid) }];
  });
}

function listByPs(): ProcessEntry[] {
  return ps(['-axwwE', '-o', 'pid=,ppid=,stat=,command=']).split('\n').flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s(.*)$/.exec(line) ?? [];
    if (command === undefined || state?.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), environment: variablesIn(command) }];
  });
}

/** The variables in a line of `ps`, which prints them after the command, separated by spaces that values may contain as well. */
function variablesIn(command: string): string[] {
  return command.trimEnd().split(/ (?=[A-Za-z_]\w*=)/);
}

/** The output of `ps`; empty if the process no longer exists. */
function ps(args: string[]): string {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  } catch {
    return '';
  }
}

/** Fields of `/proc/PID/stat`, after the name of the program, which is in brackets and may contain anything. */
function readStat(pid: number): { state: string; parent: number; start: string | null } {
  const stat = readProc(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', parent: Number(fields[1]), start: fields[19] ?? null };
}

/** A file of a process in `/proc`; empty if the process no longer exists or is not ours. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
