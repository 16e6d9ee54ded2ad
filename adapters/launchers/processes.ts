import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** What the environment of every process of a job carries, inherited by whatever it starts. */
export type Marker = { [variable: string]: string };

interface ProcessEntry {
  pid: number;
  parent: number;
  marked: boolean;
}

/** Living processes that carry the marker, and their descendants; zombies are not among them. */
export async function findProcesses(marker: Marker): Promise<number[]> {
  const entries = process.platform === 'linux' ? await listByProc(marker) : await listByPs(marker);
  const children = Map.groupBy(entries, ({ parent }) => parent);
  const found = new Set<number>();
  const visit = (entry: ProcessEntry): void => {
    if (found.has(entry.pid) || entry.pid === process.pid) return;
    found.add(entry.pid);
    children.get(entry.pid)?.forEach(visit);
  };
  entries.filter(({ marked }) => marked).forEach(visit);
  return [...found];
}

/** True while this process lives and carries the marker, so that a reused process number is not mistaken for it. */
export async function carriesMarker(pid: number, marker: Marker): Promise<boolean> {
  if (process.platform !== 'linux') return (await findProcesses(marker)).includes(pid);
  return hasMarker(await readProc(pid, 'environ'), marker);
}

/** Sends a signal; a process that is gone is fine. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function listByProc(marker: Marker): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const entries = await Promise.all(
    pids.map(async (pid) => {
      const [state, environment] = await Promise.all([readProc(pid, 'stat'), readProc(pid, 'environ')]);
      const [status, parent] = state.slice(state.lastIndexOf(')') + 2).split(' ');
      return { pid, parent: Number(parent), marked: hasMarker(environment, marker), gone: state === '' || status === 'Z' };
    }),
  );
  return entries.filter(({ gone }) => !gone);
}

function hasMarker(environment: string, marker: Marker): boolean {
  return Object.entries(marker).every(([name, value]) => `\0${environment}`.includes(`\0${name}=${value}\0`));
}

/** A file of another process's folder; empty for processes that are gone or not ours. */
function readProc(pid: number, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}

async function listByPs(marker: Marker): Promise<ProcessEntry[]> {
  const ps = promisify(execFile);
  const { stdout } = await ps('ps', ['-axwwE', '-o', 'pid=,ppid=,stat=,command='], { maxBuffer: 1 << 28 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, status, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s(.*)$/.exec(line) ?? [];
    if (pid === undefined || command === undefined || status?.startsWith('Z')) return [];
    const marked = Object.entries(marker).every(([name, value]) => ` ${command} `.includes(` ${name}=${value} `));
    return [{ pid: Number(pid), parent: Number(parent), marked }];
  });
}
