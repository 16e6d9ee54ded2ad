import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { JobRef, JobState, Launcher } from '../../../ports/launcher.ts';
import { writeWhole } from '../../launchers/gang/files.ts';
import { readHolders, replicaProgram, type ReplicaRequest } from './files.ts';

/** Milliseconds that a cancelled server has to end. */
const grace = 5000;

/** One start of a replica, which several workers may hold. */
export interface ReplicaAttempt {
  /** The attempt's folder, which its node shares. */
  folder: string;
  /** Says that this worker is there; has the launcher start the replica where nobody has. */
  hold(): Promise<JobState>;
  /** Ends it, unless another worker holds it. */
  release(): Promise<void>;
}

/** The attempt of a job that runs or waits, whichever worker submitted it, or a new one. */
export async function openAttempt(
  launcher: Launcher,
  { job, request }: { job: string; request: ReplicaRequest },
): Promise<ReplicaAttempt> {
  const ref = await nextAttempt(launcher, job);
  const folder = await launcher.folder(ref);
  const holders = join(folder, 'holders');
  const holder = `${hostname()}-${process.pid}-${Math.random().toString(36).slice(2)}`;
  let beats = 0;
  return {
    folder,
    async hold() {
      await mkdir(holders, { recursive: true });
      await writeFile(join(holders, holder), `${beats++}`);
      const state = await launcher.poll(ref);
      return state.state === 'absent' ? start() : state;
    },
    async release() {
      await rm(join(holders, holder), { force: true });
      if ((await readHolders(folder)).size === 0) await launcher.cancel(ref, { graceMs: grace });
    },
  };

  async function start(): Promise<JobState> {
    const file = join(folder, 'replica.json');
    await writeWhole(file, JSON.stringify(request, null, 2));
    const env = { PYTHONUNBUFFERED: '1', CODEPMP_ELSEWHERE: '1' };
    return launcher.submit({ ...ref, argv: [process.execPath, replicaProgram, file], env, cwd: folder });
  }
}

async function nextAttempt(launcher: Launcher, job: string): Promise<JobRef> {
  const shared = dirname(await launcher.folder({ job, attempt: '1' }));
  const last = Math.max(...(await readdir(shared)).map(Number).filter((attempt) => attempt > 0));
  const { state } = await launcher.poll({ job, attempt: `${last}` });
  return { job, attempt: `${state === 'exited' ? last + 1 : last}` };
}
