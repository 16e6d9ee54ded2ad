import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { holderOf } from '../../adapters/launchers/lock.ts';
import { thisMachine } from '../../adapters/launchers/machine.ts';
import { sendSignal } from '../../adapters/launchers/processes.ts';
import { elsewhereText } from './elsewhere.ts';
import { configDigest, devPaths, readState, touchUsed, variableDigests, writeWanted, type DevState, type Wanted } from './state.ts';

interface JoinOptions {
  store: string;
  home: string;
  wanted: Wanted;
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
 * The embedded services of a store, running with this configuration: joins running services, or starts them if there
 * are none. Any number of processes may call this at once; all get the same services. Throws where another machine runs them: it does if
 * its supervisor gives a sign of life while we look.
 */
export async function joinServices(options: JoinOptions): Promise<DevState> {
  const { store, wanted, onWait } = options;
  const { folder, logs } = devPaths(store);
  touchUsed(store);
  const end = Date.now() + startWithin;
  const began = Date.now();
  const children: { exited: boolean }[] = [];
  let announced = false;
  let refused: number | null = null;
  let silent = 0;
  while (Date.now() < end) {
    const state = runningState(store);
    const missing = state?.state === 'ready' && state.config !== null ? missingInWorker(state, wanted) : [];
    if (state?.state === 'ready' && state.config !== null && missing.length === 0) return state;
    if (state && missing.length > 0 && state.worker !== refused) {
      refused = state.worker;
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
 * variables of the environment. A command that only watches interrupts no calls.
 */
function missingInWorker(state: DevState, wanted: Wanted): string[] {
  if (wanted.asker === null) return [];
  const own = variableDigests(wanted.variables, { environment: process.env, started: state.started });
  const variables = Object.entries(own).filter(([name, digest]) => state.variables[name] !== digest);
  return [...(state.config === configDigest(wanted) ? [] : ['configuration']), ...variables.map(([name]) => name)];
}

/** State of services whose supervisor is alive; null otherwise. */
export function runningState(store: string): DevState | null {
  const state = readState(store);
  const holder = state && holderOf(devPaths(store).folder);
  return holder?.pid === state?.pid && state?.machine === thisMachine() ? state : null;
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
