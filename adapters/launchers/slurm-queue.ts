import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { classified } from '../../ports/failure.ts';
import { cleanEnvironment } from './environment.ts';

/** A job that Slurm has not finished. */
interface SlurmJob {
  isPending: boolean;
  /** Why it waits, in Slurm's words. */
  reason: string;
}

/** The user's jobs, as Slurm knows them. */
export interface SlurmQueue {
  /** The job of a name; null where there is none. An answer may be a second old. */
  find(name: string): Promise<SlurmJob | null | 'unreachable'>;
  /** The next answer is a new one. */
  forget(): void;
}

const freshMs = 1000;

/** Asks Slurm for all jobs at once, however many are looked for. */
export function createSlurmQueue(): SlurmQueue {
  let asked = Number.NEGATIVE_INFINITY;
  let jobs: Promise<Map<string, SlurmJob> | null> = Promise.resolve(null);
  return {
    async find(name) {
      if (performance.now() - asked > freshMs) {
        asked = performance.now();
        jobs = askSlurm('squeue', ['--noheader', '--me', '--format=%j|%T|%r']).then((answer) => ('output' in answer ? jobsIn(answer.output) : null));
      }
      const known = await jobs;
      return known ? (known.get(name) ?? null) : 'unreachable';
    },
    forget: () => (asked = Number.NEGATIVE_INFINITY),
  };
}

/** By name; of several with one name, which were submitted at the same time, one that runs. */
function jobsIn(text: string): Map<string, SlurmJob> {
  const lines = text.split('\n').map((line) => line.split('|'));
  const jobs = lines.map(([name = '', state, reason = '']): [string, SlurmJob] => [name, { isPending: state === 'PENDING', reason }]);
  return new Map(jobs.toSorted(([, a], [, b]) => Number(b.isPending) - Number(a.isPending)));
}

/** Whether a job had to make room for another one, as far as Slurm remembers it: by default, five minutes. */
export async function wasPreempted(name: string): Promise<boolean> {
  const answer = await askSlurm('squeue', ['--noheader', '--states=PREEMPTED', `--name=${name}`, '--format=%T']);
  return 'output' in answer && answer.output.trim() !== '';
}

/** How long commands are tried while the controller is away, and how often, milliseconds. */
const outageMs = 600_000;
const againMs = 3000;

/** Runs a command of Slurm, through an outage of its controller if need be, with nothing of our environment that a job must not see. */
export async function runSlurm(command: string, args: string[]): Promise<string> {
  for (const end = performance.now() + outageMs; ; await delay(againMs)) {
    const answer = await askSlurm(command, args);
    if (!('failure' in answer)) return answer.output;
    const isAway = /Unable to contact|timed out/i.test(answer.failure);
    if (!isAway) throw classified('job-failed', `${command}: ${answer.failure}`);
    if (performance.now() > end) throw classified('unavailable', `${command}: ${answer.failure}`);
  }
}

/** What a command of Slurm prints, or how it fails. */
export async function askSlurm(command: string, args: string[]): Promise<{ output: string } | { failure: string }> {
  const run = promisify(execFile)(command, args, { env: cleanEnvironment({}), timeout: 60_000, maxBuffer: 1 << 28 });
  return run.then(
    ({ stdout }) => ({ output: stdout }),
    (error: Error & { stderr?: string }) => ({ failure: error.stderr?.trim() || error.message }),
  );
}
