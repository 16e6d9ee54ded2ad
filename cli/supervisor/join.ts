import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { holderOf } from './lock.ts';
import { sendSignal } from '../../adapters/launchers/processes.ts';
import { configDigest, devPaths, readState, touchUsed, writeWanted } from './state.ts';
import type { DevState, Wanted } from './state.ts';

interface JoinOptions {
  store: string;
  home: string;
  wanted: Wanted;
  /** Called once when there is something to wait for. */
  onWait?: (what: string) => void;
}

/** Milliseconds without open workflows after which a detached supervisor ends. */
const idleAfter = 10 * 60_000;

/** Longest wait for server and worker, milliseconds. */
const startWithin = 120_000;

/** Supervisors started one after the other that ended without a word. */
const tries = 5;

/**
 * The embedded services of a store, running and with this configuration: joins those that are there, starts them where
 * there are none. Any number of processes may do so at once and get the same ones.
 */
export async function joinServices(options: JoinOptions): Promise<DevState> {
  const { store, wanted, onWait } = options;
  const { folder, logs } = devPaths(store);
  touchUsed(store);
  const end = Date.now() + startWithin;
  const began = Date.now();
  const children: { exited: boolean }[] = [];
  let told = false;
  let reloaded = false;
  while (Date.now() < end) {
    const state = runningState(store);
    if (state?.state === 'ready' && state.config === configDigest(wanted)) return state;
    if (state?.state === 'ready' && state.config !== null && !reloaded) {
      reloaded = true;
      writeWanted(store, wanted);
      sendSignal(state.pid, 'SIGHUP');
    }
    const failed = readState(store);
    if (failed?.state === 'failed' && failed.started >= began - 1000) throw new Error(failed.message);
    if (holderOf(folder) === null && children.every(({ exited }) => exited)) {
      if (children.length === tries) break;
      children.push(startSupervisor(options));
    }
    if (!told) onWait?.(state?.state === 'ready' ? 'the worker takes up the configuration' : 'starting the embedded Temporal server and the worker');
    told = true;
    await delay(100);
  }
  throw new Error(`the embedded server and worker did not start within ${startWithin / 1000} s. Look into ${logs}, then start the same command again`);
}

/** State of services whose supervisor lives; null without one. */
export function runningState(store: string): DevState | null {
  const state = readState(store);
  return state && holderOf(devPaths(store).folder) === state.pid ? state : null;
}

function startSupervisor({ store, home, wanted }: JoinOptions): { exited: boolean } {
  const { folder, logs } = devPaths(store);
  mkdirSync(logs, { recursive: true });
  const log = openSync(join(logs, 'supervisor.log'), 'a');
  const idleMs = Number(process.env['CODEPMP_IDLE_SECONDS'] ?? idleAfter / 1000) * 1000;
  const script = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, JSON.stringify({ store, home, wanted, idleMs })], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const started = { exited: false };
  child.once('exit', () => (started.exited = true));
  return started;
}
