import { Client } from '@temporalio/client';
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { holderOf } from '../../adapters/launchers/lock.ts';
import { thisMachine } from '../../adapters/launchers/machine.ts';
import { sendSignal } from '../../adapters/launchers/processes.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { shellWord } from '../terminal/text.ts';
import { openConnection } from './connection.ts';
import { elsewhereText } from './elsewhere.ts';
import { namespace } from './services.ts';
import { configDigest, devPaths, readState, readWanted, touchUsed, variableDigests, writeWanted } from './state.ts';
import type { DevState, Wanted } from './state.ts';
import { servicesOf } from './stop.ts';

interface JoinOptions {
  store: string;
  home: string;
  wanted: Wanted;
  /** Whether the worker needs just this configuration, as a new run does; else it keeps the one that it was last started with. */
  isExact?: boolean;
  /** A run that is retried: it goes on with this configuration, whichever it began with. */
  retried?: string | undefined;
  /** Called once if there is something to wait for. */
  onWait?: (what: string) => void;
}

/** Milliseconds without open workflows after which a detached supervisor ends. */
const idleAfter = 10 * 60_000;

/** Longest wait for server and worker, milliseconds. */
const startWithin = 120_000;

/** How many supervisors may end without a message before this gives up. */
const tries = 5;

/**
 * The embedded services of a store: joins running services, or starts them if there are none. Any number of processes may call this at
 * once; all get the same services. Throws where another machine runs them: it does if its supervisor gives a sign of life while we look.
 * And throws where the worker would have to take another configuration (`isExact`) while runs go on with the one it has.
 */
export async function joinServices(options: JoinOptions): Promise<DevState> {
  const { store, wanted, isExact = false } = options;
  const before = lastWanted(store, wanted);
  if (!isExact || before.config === wanted.config) return joinOrStart({ ...options, wanted: before });
  // Services that do not run now start as before, so that it shows which runs go on with that; one that cannot start any more stops none.
  if (runningState(store) === null) await joinOrStart({ ...options, wanted: { ...before, asker: null } }).catch(() => null);
  return joinOrStart(options);
}

/** What the worker was last started with, with the variables wanted now; all as wanted now, the first time or where its file is gone. */
export function lastWanted(store: string, wanted: Wanted): Wanted {
  const last = readWanted(store);
  if (!last || last.config === wanted.config || (last.config !== null && !existsSync(last.config))) return wanted;
  return { ...last, variables: [...new Set([...last.variables, ...wanted.variables])], asker: wanted.asker };
}

async function joinOrStart(options: JoinOptions): Promise<DevState> {
  const { store, wanted, onWait } = options;
  const { folder, logs } = devPaths(store);
  touchUsed(store);
  const end = Date.now() + startWithin;
  const began = Date.now();
  const children: { exited: boolean }[] = [];
  let announced = false;
  /** Workers that this command has had replaced, each once; null: one that was not there. */
  const replaced = new Set<number | null | undefined>();
  let silent = 0;
  while (Date.now() < end) {
    const state = runningState(store);
    const missing = state?.state === 'ready' ? missingInWorker(state, options) : [];
    if (state?.state === 'ready' && state.config !== null && missing.length === 0) return state;
    const unfit = state?.config === null ? null : state?.worker;
    if (state && missing.length > 0 && !replaced.has(unfit)) {
      replaced.add(unfit);
      await assertNoneGoOn(state, options);
      writeWanted(store, wanted);
      sendSignal(state.pid, 'SIGHUP');
    }
    const failed = readState(store);
    if (failed?.state === 'failed' && failed.started >= began - 1000) throw new Error(failed.message);
    const holder = holderOf(folder);
    const isElsewhere = holder && holder.silent < silent ? elsewhereText(store, holder) : null;
    if (isElsewhere !== null) throw new Error(isElsewhere);
    silent = holder?.silent ?? 0;
    if (holder === null && children.every(({ exited }) => exited)) {
      if (children.length === tries) break;
      children.push(startSupervisor(options));
    }
    if (!announced)
      onWait?.(
        missing.length > 0
          ? `the worker is loading the changed ${missing.join(', ')}`
          : 'starting the embedded Temporal server and the worker',
      );
    announced = true;
    await delay(100);
  }
  throw new Error(
    `the embedded server and worker did not start within ${startWithin / 1000} s. Look at the logs in ${logs}, then run the same command again`,
  );
}

/**
 * What a command that starts work needs and the worker lacks, because it has changed since the worker started: the configuration, or
 * variables of the environment. A command that only watches interrupts no calls. A worker that is not there may never come with the
 * configuration that it was to have: then this is asked of the next one, by a command that only watches if that configuration is gone.
 */
function missingInWorker(state: DevState, { store, wanted }: Pick<JoinOptions, 'store' | 'wanted'>): string[] {
  if (state.config === null) {
    const last = readWanted(store)?.config ?? null;
    const isKept = last === wanted.config || (wanted.asker === null && (last === null || existsSync(last)));
    return isKept ? [] : ['configuration'];
  }
  if (wanted.asker === null) return [];
  const own = variableDigests(wanted.variables, { environment: process.env, started: state.started });
  const variables = Object.entries(own).filter(([name, digest]) => state.variables[name] !== digest);
  return [...(state.config === configDigest(wanted) ? [] : ['configuration']), ...variables.map(([name]) => name)];
}

/** Throws if other runs go on and the worker has another configuration than this one, whose endpoints and pools they may need. */
export async function assertNoneGoOn(
  { address }: DevState,
  { store, wanted, retried }: Pick<JoinOptions, 'store' | 'wanted' | 'retried'>,
): Promise<void> {
  const used = readWanted(store)?.config ?? null;
  if (used === wanted.config || (used !== null && !existsSync(used))) return;
  const [run, ...others] = (await openRuns(address)).filter((each) => each !== retried);
  if (run === undefined) return;
  const more = others.length === 0 ? 'has' : `and ${others.length} more have`;
  const same = used === null ? 'give this one no configuration either' : `use that one here too (--config ${shellWord(used)})`;
  throw new CommandFailure(
    `${run} ${more} not ended, and the worker of ${store} uses ${used ?? 'no configuration'} for it, not ${wanted.config ?? 'none'}: a ` +
      `worker has one configuration. Wait for it (codepmp watch ${run}), if it is parked, decide about it (codepmp retry --run ${run}), ` +
      `cancel it (codepmp cancel ${run}), ${same}, or have another store (store: in the configuration)`,
  );
}

/** Ids of runs that have not ended. */
async function openRuns(address: string): Promise<string[]> {
  const connection = await openConnection({ address, connectTimeout: 5000 });
  try {
    const runs: string[] = [];
    const query = "WorkflowType = 'pipeline' AND ExecutionStatus = 'Running'";
    for await (const { workflowId } of new Client({ connection, namespace }).workflow.list({ query })) runs.push(workflowId);
    return runs;
  } finally {
    await connection.close();
  }
}

/** State of services whose supervisor is alive; null otherwise. */
export function runningState(store: string): DevState | null {
  const state = readState(store);
  const holder = state && holderOf(devPaths(store).folder);
  return holder?.pid === state?.pid && state?.machine === thisMachine() ? state : null;
}

/** State of services that go on without their supervisor, which was killed: server and worker are both there. Null otherwise. */
export function leftState(store: string): DevState | null {
  const state = readState(store);
  if (state?.machine !== thisMachine() || runningState(store) !== null) return null;
  const left = new Set<number | null>(servicesOf(store));
  return left.has(state.server) && left.has(state.worker) ? state : null;
}

function startSupervisor({ store, home, wanted }: JoinOptions): { exited: boolean } {
  const { folder, logs } = devPaths(store);
  mkdirSync(logs, { recursive: true });
  const log = openSync(join(logs, 'supervisor.log'), 'a');
  const idleMs = Number(process.env['CODEPMP_IDLE_SECONDS'] ?? idleAfter / 1000) * 1000;
  const script = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1', script, JSON.stringify({ store, home, wanted, idleMs })],
    { cwd: folder, detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  child.unref();
  const started = { exited: false };
  child.once('exit', () => (started.exited = true));
  return started;
}
