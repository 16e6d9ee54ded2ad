import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { classified } from '../../ports/failure.ts';
import type { JobRef, JobRequest, JobState, Launcher } from '../../ports/launcher.ts';
import { agentProgram, failedNodes, gangProgram, writeWhole } from './gang/files.ts';
import { writeGang, type GangNodes } from './gang/launcher.ts';
import { readAttempt, readProcessFailure, readSpan, recordCancel, wrapperScript } from './job-folder.ts';
import { askSlurm, createSlurmQueue, runSlurm, wasPreempted } from './slurm-queue.ts';
import { shellCommand } from './ssh.ts';

export interface SlurmOptions {
  /** Gives an attempt's folder, which all nodes share. */
  folder: (name: string) => Promise<string>;
  /** Further options of sbatch. */
  options?: string[];
  /** Milliseconds after which a job that Slurm does not know any more counts as lost. */
  lostAfterMs?: number;
  /** Milliseconds after which a node that hears nothing of its gang kills what it runs. Default: 30,000. */
  fenceMs?: number;
}

/** Milliseconds beyond the grace period until a cancelled job is killed by Slurm, and then until it must be gone. */
const killAfter = 15_000;
const goneWithin = 120_000;

/**
 * Runs jobs by Slurm. What a job did is in its folder, which outlives the worker and Slurm's own memory: its claim to the attempt, its
 * exit status and its logs. Slurm is only asked whether a job without an exit status is still there, by a name that no other job has.
 */
export function createSlurmLauncher({ folder: folderNamed, options = [], lostAfterMs = 30_000, fenceMs }: SlurmOptions): Launcher {
  const queue = createSlurmQueue();
  const missing = new Map<string, number>();
  const folderOf = ({ job, attempt }: JobRef): Promise<string> => folderNamed(`${job}/${attempt}`);

  const poll = async (ref: JobRef): Promise<JobState> => {
    const folder = await folderOf(ref);
    const { exit, wrapper, cancelled } = await readAttempt(folder);
    if (exit !== null || (wrapper === null && cancelled)) return exited(folder);
    const isSubmitted = wrapper !== null || (await readFile(join(folder, 'submitted'), 'utf8').catch(() => null)) !== null;
    const found = await queue.find(slurmName(folder));
    if (found === 'unreachable') return { state: isSubmitted ? 'running' : 'absent' };
    if (found) missing.delete(folder);
    if (found) return found.isPending && wrapper === null ? { state: 'queued', reason: found.reason } : { state: 'running' };
    if (!isSubmitted) return { state: 'absent' };
    const since = missing.get(folder) ?? Date.now();
    missing.set(folder, since);
    return Date.now() - since < lostAfterMs ? { state: 'running' } : lost(folder);
  };

  const submit = async (request: JobRequest): Promise<JobState> => {
    const state = await poll(request);
    if (state.state !== 'absent') return state;
    const folder = await folderOf(request);
    const file = await writeGang(request, { folder, fenceMs, nodesOf });
    await writeWhole(join(folder, 'job.sh'), batchScript(folder, file));
    await writeFile(join(folder, 'command'), request.argv.join(' '));
    const own = ['--parsable', `--job-name=${slurmName(folder)}`, '--no-requeue', `--nodes=${request.nodes ?? 1}`, '--ntasks-per-node=1'];
    const places = [`--chdir=${folder}`, `--output=${join(folder, 'slurm.log')}`, '--open-mode=append'];
    const asked = ['--signal=B:TERM@60', ...options, ...own, ...places];
    await runSlurm('sbatch', [...asked, ...(await avoiding(folder, asked)), join(folder, 'job.sh')]);
    await writeFile(join(folder, 'submitted'), '');
    queue.forget();
    return poll(request);
  };

  const cancel = async (ref: JobRef, { graceMs }: { graceMs: number }): Promise<void> => {
    const folder = await folderOf(ref);
    const name = `--name=${slurmName(folder)}`;
    await recordCancel(folder);
    await writeWhole(join(folder, 'grace'), `${graceMs}`);
    const isGone = async (): Promise<boolean> => {
      queue.forget();
      return (await queue.find(slurmName(folder))) === null;
    };
    if ((await readAttempt(folder)).child !== null) {
      await askSlurm('scancel', ['--batch', '--signal=TERM', name]);
      await until(async () => (await readAttempt(folder)).exit !== null || (await isGone()), graceMs + killAfter);
    }
    if (await isGone()) return;
    await askSlurm('scancel', [name]);
    if (await until(isGone, goneWithin)) return;
    throw classified('job-failed', `Slurm still has the job ${slurmName(folder)} after scancel. Look at it with squeue, and end it`);
  };

  return {
    machine: null,
    submit,
    poll,
    cancel,
    ran: async (ref) => readSpan(await folderOf(ref), await poll(ref)),
    folder: folderOf,
  };
}

/** The name of an attempt in Slurm, whose numbers may come back after its controller was killed. */
function slurmName(folder: string): string {
  return `codepmp-${basename(folder).replaceAll(/[^\w-]/g, '')}-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
}

/**
 * The option that keeps a job from the nodes on which its earlier attempts have failed, since Slurm would often give it the same ones
 * again; none where too few nodes would be left.
 */
async function avoiding(folder: string, asked: string[]): Promise<string[]> {
  const failed = await failedNodes(folder);
  if (failed.length === 0) return [];
  const excluded = asked.flatMap((option) => (option.startsWith('--exclude=') ? [option.slice('--exclude='.length)] : []));
  const option = `--exclude=${[...new Set([...excluded, ...failed])].join(',')}`;
  const test = await askSlurm('sbatch', ['--test-only', ...asked, option, join(folder, 'job.sh')]);
  return 'failure' in test ? [] : [option];
}

async function exited(folder: string): Promise<JobState> {
  return { state: 'exited', failure: await readProcessFailure(folder, await readAttempt(folder)) };
}

/** A job that is over for Slurm and has left no exit status: killed by Slurm, to make room for another one or not, or with its node. */
async function lost(folder: string): Promise<JobState> {
  const failure = await readProcessFailure(folder, await readAttempt(folder));
  if (!failure || failure.signal !== null) return { state: 'exited', failure };
  const preempted = !failure.cancelled && (await wasPreempted(slurmName(folder)));
  return { state: 'exited', failure: { ...failure, signal: 'SIGKILL', preempted } };
}

async function until(isSo: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  for (const end = performance.now() + withinMs; ; await delay(100)) {
    if (await isSo()) return true;
    if (performance.now() >= end) return false;
  }
}

/** The scheduler chooses the nodes, and says whose turn it is on them. */
function nodesOf({ nodes = 1 }: JobRequest, { file }: { file: string }): GangNodes {
  const tasks = [`--nodes=${nodes}`, `--ntasks=${nodes}`, '--ntasks-per-node=1', '--kill-on-bad-exit=0', '--input=all'];
  return { nodes, links: [{ node: null, command: ['srun', ...tasks, process.execPath, agentProgram, file] }], takesTurns: false };
}

/**
 * Runs the gang on the first node of the job. Slurm signals this shell alone when it is asked to, or when the time is nearly up, and the
 * shell tells the gang; what runs between them takes no notice.
 */
function batchScript(folder: string, file: string): string {
  const command = shellCommand(['/bin/sh', '-c', wrapperScript(), 'codepmp-job', folder, process.execPath, gangProgram, file]);
  return `#!/bin/sh
cd ${shellCommand([folder])} || exit 1
export CODEPMP_NODE_ADDRESS="$(scontrol show node "$SLURMD_NODENAME" --oneliner | sed -n 's/.* NodeAddr=\\([^ ]*\\).*/\\1/p')"
[ -z "\${SLURM_CPUS_PER_TASK-}" ] || export SRUN_CPUS_PER_TASK="$SLURM_CPUS_PER_TASK"
(trap '' TERM; exec ${command}) & job=$!
trap '[ -s child ] && kill -TERM "$(cat child)"' TERM
while :; do wait $job; kill -0 $job 2>/dev/null || exit 0; done
`;
}
