import { spawn } from 'node:child_process';
import { openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processesOf } from '../../test/e2e/rig.ts';
import { usageOf } from '../scale/usage.ts';

/** What a command took, with all processes that it started. */
export interface Cost {
  seconds: number;
  /** Seconds of CPU. */
  cpu: number;
  /** The same of the worker of codepmp alone, from the first answer on. */
  workerCpu: number;
  /** Bytes of memory of all processes at once, each with its share of what it shares. */
  peak: number;
}

/** How a command ended. */
export interface Ended extends Cost {
  how: 'finished' | 'failed' | 'killed';
}

interface CommandOptions {
  command: string[];
  /** Where it runs, and what tells its processes from others. */
  folder: string;
  /** Asked fifty times a second: whether all of its processes are to be killed now. */
  isDue: () => Promise<boolean>;
  /** Whether there is an answer. */
  hasBegun: () => Promise<boolean>;
}

/** A closed port: what a tool looks for on the web, such as a vocabulary, or sends there is refused at once, with or without a network. */
const nowhere = 'http://127.0.0.1:9';

/** Runs a command to its end, or kills it with all processes that it started. Its output goes to `output.txt` in its folder. */
export async function watched({ command, folder, isDue, hasBegun }: CommandOptions): Promise<Ended> {
  const [program = '', ...args] = command;
  const output = openSync(join(folder, 'output.txt'), 'a');
  const env = { ...process.env, NO_COLOR: '1', HOME: folder, HF_HUB_OFFLINE: '1', https_proxy: nowhere };
  const began = Date.now();
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', output, output], detached: true });
  const ended = new Promise<Ended['how']>((resolve) => child.once('exit', (code) => resolve(code === 0 ? 'finished' : 'failed')));
  const byPid = new Map<number, number>();
  const workers: { before: number | null; now: number } = { before: null, now: 0 };
  let peak = 0;
  let how: Ended['how'] | null = null;
  const due = async (): Promise<Ended['how'] | null> => {
    while (how === null && !(await isDue())) await delay(20);
    return how ?? 'killed';
  };
  const end = Promise.race([ended, due()]);
  while (how === null) {
    let together = 0;
    for (const { pid, command: each } of processesOf(folder)) {
      const usage = usageOf(pid);
      if (usage) byPid.set(pid, usage.cpu);
      if (usage && each.includes('worker/main')) workers.now = usage.cpu;
      together += usage?.memory ?? 0;
    }
    if (workers.before === null && (await hasBegun())) workers.before = workers.now;
    peak = Math.max(peak, together);
    how = await Promise.race([end, delay(200, null)]);
  }
  const seconds = (Date.now() - began) / 1000;
  if (how === 'killed') await killAll(folder);
  const cpu = [...byPid.values()].reduce((sum, each) => sum + each, 0);
  return { how, seconds, cpu, workerCpu: workers.now - (workers.before ?? 0), peak };
}

/** Kills all processes that name the folder, also those that come meanwhile. */
export async function killAll(folder: string): Promise<void> {
  for (let left = processesOf(folder); left.length > 0; left = processesOf(folder)) {
    for (const { pid } of left) signal(pid);
    await delay(50);
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Bytes of all files in a folder. */
export function bytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
}
