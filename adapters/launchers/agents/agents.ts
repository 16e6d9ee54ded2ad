import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { classified, hasCode } from '../../../ports/failure.ts';
import type { JobRef, JobRequest, JobState, Launcher } from '../../../ports/launcher.ts';
import { beatFile, gangProgram, killWithin, leaseFile, waitFile, writeWhole } from '../gang/files.ts';
import type { GangRequest } from '../gang/protocol.ts';
import { readAttempt, readProcessFailure, readSpan, recordCancel } from '../job-folder.ts';
import { offersFolder } from './offers.ts';

export interface AgentsOptions {
  /** Runs the gang's own process on this machine. */
  local: Launcher;
  /** The store's folder, which all nodes share. */
  root: string;
  /** Milliseconds after which a node that hears nothing of a gang kills what it runs. Default: 30,000. */
  fenceMs?: number;
  /** The name of this machine. Default: that of the host. */
  machine?: string;
}

/** Milliseconds beyond the fence until a gang that nothing is heard of counts as lost: its nodes have killed what they ran. */
const lostLater = 10_000;

/** File of an attempt's folder with the name of the machine that has launched it. */
const machineFile = 'machine';

/**
 * Runs jobs on the nodes that workers offer. A gang is one process of the machine whose worker has submitted it. Workers on other
 * machines find it by its files: `machine` says where it runs, `beat` changes as long as it does. Only the attempt that the job's
 * `lease` names may run; the nodes refuse every other one, and end it.
 */
export function createAgentsLauncher(options: AgentsOptions): Launcher {
  const { local, fenceMs = 30_000, machine = hostname() } = options;
  const heard = new Map<string, { beat: string | null; at: number }>();

  /** Whether nothing has been heard of a gang for so long that it is over. */
  const isSilent = async (folder: string): Promise<boolean> => {
    const beat = await readText(join(folder, beatFile));
    const last = heard.get(folder);
    if (!last || last.beat !== beat) heard.set(folder, { beat, at: performance.now() });
    return last?.beat === beat && performance.now() - last.at > fenceMs + lostLater;
  };

  const isElsewhere = async (folder: string): Promise<boolean> => ![null, machine].includes(await readText(join(folder, machineFile)));

  const pollElsewhere = async (folder: string): Promise<JobState> => {
    const record = await readAttempt(folder);
    const isDone = record.exit !== null || (record.wrapper === null && record.cancelled);
    const isOver = isDone || (await readText(leaseOf(folder))) !== basename(folder) || (await isSilent(folder));
    if (!isOver) return { state: 'running' };
    const failure = await readProcessFailure(folder, record);
    return { state: 'exited', failure: failure && record.exit === null ? { ...failure, signal: 'SIGKILL' } : failure };
  };

  const poll = async (ref: JobRef): Promise<JobState> => {
    const folder = await local.folder(ref);
    const state = (await isElsewhere(folder)) ? await pollElsewhere(folder) : await local.poll(ref);
    const reason = state.state === 'running' ? await readText(join(folder, waitFile)) : null;
    return reason === null ? state : { state: 'queued', reason };
  };

  const submit = async (request: JobRequest): Promise<JobState> => {
    const state = await poll(request);
    const folder = await local.folder(request);
    if (state.state !== 'absent') return state;
    await writeWhole(leaseOf(folder), basename(folder));
    if (!(await claim(folder, machine))) return poll(request);
    const file = join(folder, 'gang.json');
    await writeWhole(file, JSON.stringify(gangOf(request, { ...options, fenceMs, folder }), null, 2));
    await local.submit({ ...request, argv: [process.execPath, gangProgram, file], env: { CODEPMP_ELSEWHERE: '1' }, cwd: folder });
    return poll(request);
  };

  const cancel = async (ref: JobRef, { graceMs }: { graceMs: number }): Promise<void> => {
    const folder = await local.folder(ref);
    await writeWhole(join(folder, 'grace'), `${graceMs}`);
    if (!(await isElsewhere(folder))) return local.cancel(ref, { graceMs: graceMs + killWithin });
    await recordCancel(folder);
    for (const end = performance.now() + graceMs + killWithin + fenceMs + lostLater; performance.now() < end; await sleep(200))
      if ((await poll(ref)).state === 'exited') return;
    const where = await readText(join(folder, machineFile));
    throw classified('job-failed', `job in ${folder}: the gang on ${where} does not end. Look at it there with ps, and end it`);
  };

  return { submit, poll, cancel, ran: async (ref) => readSpan(await local.folder(ref), await poll(ref)), folder: local.folder };
}

/** The file of a job that names the attempt which may run. */
const leaseOf = (folder: string): string => join(dirname(folder), leaseFile);

/** Whether this machine is the one to launch an attempt. */
async function claim(folder: string, machine: string): Promise<boolean> {
  const file = join(folder, machineFile);
  await writeFile(file, machine, { flag: 'wx' }).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
  return (await readText(file)) === machine;
}

function gangOf(
  { argv, env, cwd, job, attempt, nodes = 1 }: JobRequest,
  { root, folder, fenceMs }: AgentsOptions & { folder: string; fenceMs: number },
): GangRequest {
  return {
    argv,
    env,
    cwd,
    folder,
    nodes,
    links: [],
    offers: offersFolder(root),
    lease: leaseOf(folder),
    marker: { CODEPMP_RANK: `${job}/${attempt}`, CODEPMP_RANK_FOLDER: folder },
    takesTurns: false,
    fenceMs,
  };
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
