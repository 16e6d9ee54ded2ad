import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRef, JobRequest, JobState, Launcher } from '../../ports/launcher.ts';
import { cleanEnvironment } from './environment.ts';
import { classified } from '../../ports/failure.ts';
import { endElsewhere, isRunningElsewhere, keeper } from './elsewhere.ts';
import { readAttempt, readProcessFailure, readSpan, recordCancel, wrapperScript } from './job-folder.ts';
import { isFresh } from './lease.ts';
import { hostOf, thisMachine } from './machine.ts';
import { carries, environmentOf, findProcesses, sendSignal, type Marker } from './processes.ts';

const look = 50;
const killWithin = 10_000;
const noteWithin = 2_000;

/**
 * Runs jobs as processes on this machine. `folder` gives an attempt's folder (`scratch` of the store); everything about an attempt is in
 * that folder and in the environment of its processes, so that any worker can take it over. What another machine runs, whose processes
 * cannot be seen, is known by its signs of life in the folder, and ended there by a word in it.
 */
export function createLauncher(options: { folder: (name: string) => Promise<string> }): Launcher {
  const folderOf = ({ job, attempt }: JobRef): Promise<string> => options.folder(`${job}/${attempt}`);

  const poll = async (ref: JobRef): Promise<JobState> => stateOf(await folderOf(ref), ref);

  const submit = async (request: JobRequest): Promise<JobState> => {
    const folder = await folderOf(request);
    const { wrapper, cancelled } = await readAttempt(folder);
    if (wrapper === null && !cancelled) await launch(folder, request);
    return stateOf(folder, request);
  };

  const cancel = async (ref: JobRef, { graceMs }: { graceMs: number }): Promise<void> => {
    const folder = await folderOf(ref);
    await recordCancel(folder);
    const { machine } = await readAttempt(folder);
    if (machine !== null && machine !== thisMachine()) return endElsewhere(folder, graceMs);
    await askToEnd({ folder, marker: markerOf(folder, ref), graceMs });
    await killAll(folder, markerOf(folder, ref));
  };

  return {
    machine: thisMachine(),
    submit,
    poll,
    cancel,
    ran: async (ref) => readSpan(await folderOf(ref), await poll(ref)),
    folder: folderOf,
  };
}

/** Marks the processes of an attempt. The folder is included because two stores may run equal jobs on one machine. */
function markerOf(folder: string, { job, attempt }: JobRef): Marker {
  return { CODEPMP_JOB: `${job}/${attempt}`, CODEPMP_JOB_FOLDER: folder };
}

/** The living processes of an attempt, and whatever they have started. */
function processesOf(marker: Marker): number[] {
  return findProcesses(carries(marker), { descendants: true });
}

/** Starts the wrapper and waits until it, or a faster one, has claimed the attempt. */
async function launch(folder: string, request: JobRequest): Promise<void> {
  const { argv, cwd, env } = request;
  await writeFile(join(folder, 'command'), argv.join(' '));
  const wrapper = spawn('/bin/sh', ['-c', wrapperScript(keeper), 'codepmp-job', cwd, ...argv], {
    cwd: folder,
    env: cleanEnvironment({ ...env, ...markerOf(folder, request), CODEPMP_JOB_MACHINE: thisMachine() }),
    stdio: 'ignore',
    detached: true,
  });
  const ended = new AbortController();
  const spawned = once(wrapper, 'spawn');
  wrapper.once('exit', () => ended.abort());
  await spawned;
  wrapper.unref();
  while (!ended.signal.aborted && (await readAttempt(folder)).child === null) await sleep(5);
}

async function stateOf(folder: string, ref: JobRef): Promise<JobState> {
  const { wrapper, machine, exit, cancelled } = await readAttempt(folder);
  if (wrapper === null && !cancelled) return { state: 'absent' };
  if (Number.isNaN(wrapper) && isFresh(join(folder, 'pid'))) return { state: 'running' };
  const isElsewhere = wrapper !== null && exit === null && machine !== null && machine !== thisMachine();
  if (isElsewhere && (await isRunningElsewhere(folder))) return { state: 'running', elsewhere: hostOf(machine) };
  if (!isElsewhere && wrapper !== null && exit === null && isRunningHere(wrapper, markerOf(folder, ref))) return { state: 'running' };
  const failure = await readProcessFailure(folder, await readAttempt(folder));
  const isLost = isElsewhere && failure?.exit === null;
  return { state: 'exited', failure: isLost ? { ...failure, signal: 'SIGKILL' } : failure };
}

function isRunningHere(wrapper: number, marker: Marker): boolean {
  return (wrapper > 0 && carries(marker)(environmentOf(wrapper))) || processesOf(marker).length > 0;
}

/**
 * Sends SIGTERM to the launched program only, which ends its own children. Waits until the wrapper has recorded the end, or for the
 * grace period.
 */
async function askToEnd(options: { folder: string; marker: Marker; graceMs: number }): Promise<void> {
  const { folder, marker, graceMs } = options;
  const end = performance.now() + graceMs;
  const isOurs = (pid: number): boolean => carries(marker)(environmentOf(pid));
  let asked = false;
  while (performance.now() < end) {
    const { child, exit, wrapper } = await readAttempt(folder);
    if (exit !== null || wrapper === null) return;
    if (child === null ? processesOf(marker).length === 0 : ![child, wrapper].some(isOurs)) return;
    if (child !== null && !asked && isOurs(child)) sendSignal(child, 'SIGTERM');
    asked ||= child !== null;
    await sleep(Math.max(1, Math.min(look, end - performance.now())));
  }
}

/** Sends SIGKILL until two checks in a row find no process; the wrapper is spared at first so that it can record the exit status. */
async function killAll(folder: string, marker: Marker): Promise<void> {
  const began = performance.now();
  const { wrapper } = await readAttempt(folder);
  for (let quiet = 0; quiet < 2; ) {
    const alive = processesOf(marker);
    quiet = alive.length === 0 ? quiet + 1 : 0;
    const passed = performance.now() - began;
    for (const pid of alive) if (pid !== wrapper || passed > noteWithin) sendSignal(pid, 'SIGKILL');
    if (passed > killWithin)
      throw classified(
        'job-failed',
        `job in ${folder}: the processes ${alive.join(', ')} are still there 10 s after SIGKILL. Look at them with ps and end them, then run again`,
      );
    if (quiet < 2) await sleep(look);
  }
}
