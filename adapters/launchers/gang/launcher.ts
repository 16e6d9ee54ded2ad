import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRef, JobRequest, JobState, Launcher } from '../../../ports/launcher.ts';
import { readSpan } from '../job-folder.ts';
import { gangProgram, startFile, waitFile, writeWhole } from './files.ts';
import type { GangRequest } from './protocol.ts';

export interface GangOptions {
  /** Runs the gang's own process on this machine. */
  local: Launcher;
  /** Milliseconds after which a node that hears nothing of a gang kills what it runs. Default: 30,000. */
  fenceMs?: number | undefined;
  /** Which nodes a job runs on. `file` is that of the request, which every node can read. */
  nodesOf: (request: JobRequest, place: { folder: string; file: string }) => GangNodes | Promise<GangNodes>;
  /** Environment of the gang's own process. Default: nothing that other processes do not have. */
  env?: { [name: string]: string };
}

/** Milliseconds beyond the grace period in which a gang verifies that nothing is left on its nodes. */
const killWithin = 15_000;

export type GangNodes = Omit<GangRequest, 'argv' | 'env' | 'cwd' | 'folder' | 'marker' | 'fenceMs'>;

/**
 * Runs jobs on several nodes. A gang is one process of the machine whose worker has submitted it. It outlives the worker, talks to each
 * node, and is submitted, found again and cancelled, from other machines as well, like any process there. The nodes' programs end when
 * they hear nothing of it. Nodes must share the store's folder and the installation with this machine, at the same paths.
 */
export function createGangLauncher({ local, fenceMs, nodesOf, env = {} }: GangOptions): Launcher {
  const poll = async (ref: JobRef): Promise<JobState> => {
    const state = await local.poll(ref);
    const reason = state.state === 'running' ? await readFile(join(await local.folder(ref), waitFile), 'utf8').catch(() => null) : null;
    return reason === null ? state : { state: 'queued', reason };
  };
  return {
    ...local,
    machine: null,
    poll,
    async submit(request) {
      const folder = await local.folder(request);
      const file = await writeGang(request, { folder, fenceMs, nodesOf });
      const own = { ...env, CODEPMP_ELSEWHERE: '1' };
      await local.submit({ ...request, argv: [process.execPath, gangProgram, file], env: own, cwd: folder });
      return poll(request);
    },
    async cancel(ref, { graceMs }) {
      await writeWhole(join(await local.folder(ref), 'grace'), `${graceMs}`);
      await local.cancel(ref, { graceMs: graceMs + killWithin });
    },
    ran: async (ref) => readSpan(await local.folder(ref), await local.poll(ref), startFile),
  };
}

/** Writes what a gang is to do into the folder of its attempt; the file. */
export async function writeGang(
  request: JobRequest,
  { folder, fenceMs = 30_000, nodesOf }: Pick<GangOptions, 'fenceMs' | 'nodesOf'> & { folder: string },
): Promise<string> {
  const { argv, env, cwd, job, attempt } = request;
  const file = join(folder, 'gang.json');
  const marker = { CODEPMP_RANK: `${job}/${attempt}`, CODEPMP_RANK_FOLDER: folder };
  const gang: GangRequest = { argv, env, cwd, folder, marker, fenceMs, ...(await nodesOf(request, { folder, file })) };
  await writeWhole(file, JSON.stringify(gang, null, 2));
  return file;
}
