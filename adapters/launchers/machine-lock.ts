import { hostname } from 'node:os';
import { join, sep } from 'node:path';
import type { MachineLock } from '../../ports/machine.ts';
import { readAttempt } from './job-folder.ts';
import { takeLock } from './lock.ts';
import { environmentOf, findProcesses } from './processes.ts';

/**
 * The lock of this machine, or of a node that is a part of it, in a store whose folder is `root`. A worker's lock ends with the worker; a
 * process that it leaves behind holds the machine as long as it runs, and only the worker that adopts it may take the lock meanwhile.
 */
export function createMachineLock({ root, machine = hostname() }: { root: string; machine?: string }): MachineLock {
  const folder = join(root, 'dev', 'machine', machine);
  return {
    async take(job) {
      const lock = takeLock(folder);
      if ('holder' in lock) return { holder: `another worker, process ${lock.holder.pid}, uses the machine` };
      const other = (await runningJobs(root)).find((each) => each.job !== job);
      if (!other) return lock;
      lock.release();
      return { holder: `process ${other.pid} of job ${other.job} still runs` };
    },
  };
}

/** Tests whether an environment belongs to a process of a job in a store. */
export function isOfJobIn(root: string): (environment: string[]) => boolean {
  const jobs = `${folderVariable}${root}${sep}jobs${sep}`;
  return (environment) => environment.some((each) => each.startsWith(jobs));
}

const folderVariable = 'CODEPMP_JOB_FOLDER=';

/** The jobs of a store that are running on this machine, each with one of its processes, less those whose work is done elsewhere. */
async function runningJobs(root: string): Promise<{ job: string; pid: number }[]> {
  const running = new Map<string, number>();
  const isHere = (environment: string[]): boolean => isOfJobIn(root)(environment) && !environment.includes('CODEPMP_ELSEWHERE=1');
  for (const pid of findProcesses(isHere, { descendants: false })) {
    const folder = environmentOf(pid).find((each) => each.startsWith(folderVariable))?.slice(folderVariable.length);
    const [, job] = folder?.slice(root.length).split(sep).slice(1) ?? [];
    if (folder !== undefined && job !== undefined && !running.has(job) && (await readAttempt(folder)).exit === null) running.set(job, pid);
  }
  return [...running].map(([job, pid]) => ({ job, pid }));
}
