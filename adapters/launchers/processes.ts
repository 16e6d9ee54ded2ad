import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Variables in the environment of a process that tell whose it is; whatever the process starts inherits them. */
export type Marker = { [variable: string]: string };

interface ProcessEntry {
  pid: number;
  parent: number;
  /** `NAME=value` each; empty for a process of another user. */
  environment: string[];
}

interface FindOptions {
  /** Also whatever these processes have started, with the marker or without. */
  descendants: boolean;
}

/** Living processes whose environment passes; zombies and this process are not among them. */
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

/** The environment a process was started with, `NAME=value` each; empty for one that is gone or not ours. */
export function environmentOf(pid: number): string[] {
  if (process.platform === 'linux') return readProc(pid, 'environ').split('\0');
  return variablesIn(ps(['-wwE', '-o', 'command=', '-p', `${pid}`]));
}

/** When a living process began, in a form that only equals itself; null for one that is gone or a zombie. */
export function startOf(pid: number): string | null {
  if (process.platform === 'linux') {
    const { state, start } = readStat(pid);
    return state === 'Z' ? null : start;
  }
  const line = ps(['-o', 'stat=,lstart=', '-p', `${pid}`]).trim();
  return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '').replaceAll(/\W+/g, '-');
}

/** SIGTERM, after `graceMs` SIGKILL; resolves when all are gone and rejects when one is not after 5 s more. */
export async function endProcesses(pids: number[], { graceMs }: { graceMs: number }): Promise<void> {
  const targets = pids.map((pid) => ({ pid, start: startOf(pid) })).filter(({ start }) => start !== null);
  const living = () => targets.filter(({ pid, start }) => startOf(pid) === start);
  for (const { pid } of living()) sendSignal(pid, 'SIGTERM');
  if (await emptied(living, graceMs)) return;
  for (const { pid } of living()) sendSignal(pid, 'SIGKILL');
  if (await emptied(living, 5000)) return;
  throw new Error(`these processes do not end even by SIGKILL: ${living().map(({ pid }) => pid).join(', ')}`);
}

/** Sends a signal; a process that is gone is fine. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
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

/** `ps` puts the variables behind the command, with spaces between that values have as well. */
function variablesIn(command: string): string[] {
  return command.trimEnd().split(/ (?=[A-Za-z_]\w*=)/);
}

/** Nothing for a process that is gone. */
function ps(args: string[]): string {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  } catch {
    return '';
  }
}

/** The name of the program stands in brackets and may hold anything. */
function readStat(pid: number): { state: string; parent: number; start: string | null } {
  const stat = readProc(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', parent: Number(fields[1]), start: fields[19] ?? null };
}

/** Empty for processes that are gone or not ours. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
