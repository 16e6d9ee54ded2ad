import { Client } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import { environmentOf } from '../../adapters/launchers/processes.ts';
import { sharingTrouble } from '../../adapters/store/nfs.ts';
import { unlessAborted } from '../../adapters/unless-aborted.ts';
import { openConnection } from './connection.ts';
import { takeLock, type LockHolder } from '../../adapters/launchers/lock.ts';
import { thisMachine } from '../../adapters/launchers/machine.ts';
import { freePort, isFreePort } from './ports.ts';
import { keepRunning, say, type Service } from './service.ts';
import { namespace, temporalServer, worker, type ServicePlace } from './services.ts';
import { configDigest, lastUsed, readState, readWanted, removeState, variableDigests, writeState, writeWanted } from './state.ts';
import type { DevState, Wanted } from './state.ts';
import { endJobs, endServices } from './stop.ts';
import { messageOfError } from '../../ports/failure.ts';

export interface SuperviseOptions {
  store: string;
  home: string;
  wanted: Wanted;
  /** Port of the server; default: the previous one if it is free, else any free port. */
  port?: number | undefined;
  uiPort?: number | undefined;
  /** Milliseconds without open workflows after which everything stops; null: never. */
  idleMs: number | null;
  /** Stops everything when it is aborted. */
  signal: AbortSignal;
  /** Called when the server answers, before the worker starts; if it rejects, all ends. */
  onServer?: (state: DevState) => Promise<void>;
  onReady?: (state: DevState) => void;
}

/** How often open workflows are counted, milliseconds. */
const idleCheck = 15_000;

/** Between two attempts to write a state that could not be written, milliseconds. */
const saveAgain = 1000;

/**
 * Runs the embedded services of a store until the signal is aborted or nothing is left to do: first the server, then the
 * worker, each restarted when it dies. Resolves with null when all are stopped, or with the process that already owns them.
 * If another machine takes the store over because it has heard nothing of this one for too long, all are stopped as well.
 */
export async function supervise(options: SuperviseOptions): Promise<{ holder: LockHolder } | null> {
  const { store } = options;
  const lost = new AbortController();
  const lock = takeLock(`${store}/dev`, () => {
    process.stderr.write(`another machine has heard nothing of this one for too long and uses ${store} now: its services here end\n`);
    lost.abort();
  });
  if ('holder' in lock) return lock;
  try {
    const trouble = await sharingTrouble(store);
    if (trouble) process.stderr.write(`${trouble.found}; ${trouble.next}\n`);
    await superviseLocked(options, lost.signal);
    return null;
  } finally {
    lock.release();
  }
}

async function superviseLocked(options: SuperviseOptions, lost: AbortSignal): Promise<void> {
  const { store, wanted, idleMs, onServer, onReady } = options;
  const signal = AbortSignal.any([options.signal, lost]);
  const place = await servicePlace(options);
  const state = newState(place);
  const { save, close } = keptState(store, state, lost);
  save();
  const server = startServer(place, state, save);
  let work: Service | null = null;
  const environment = { ...process.env };
  const reload = (): void => {
    Object.assign(environment, variablesOf(readWanted(store)));
    state.config = null;
    save();
    void work?.restart();
  };
  process.on('SIGHUP', reload);
  try {
    await unlessAborted(server.ready, signal);
    if (onServer) await unlessAborted(onServer(state), signal);
    writeWanted(store, wanted);
    work = startWorker(place, state, { wanted, environment, save });
    await unlessAborted(work.ready, signal);
    onReady?.(state);
    if (idleMs === null) await unlessAborted(new Promise(() => undefined), signal);
    else await untilIdle({ store, address: state.address, idleMs, signal });
  } catch (error) {
    if (signal.aborted) return;
    Object.assign(state, { state: 'failed', message: messageOfError(error) });
    throw error;
  } finally {
    process.off('SIGHUP', reload);
    if (state.state !== 'failed') state.state = 'stopping';
    save();
    await work?.stop();
    await Promise.all([server.stop(), endJobs(store)]);
    close();
    if (state.state === 'stopping' && !lost.aborted) removeState(store);
  }
}

/**
 * Writes the state whenever it has changed. While that is not possible, as on a full disk, it is tried again every second, and the
 * services go on.
 */
function keptState(store: string, state: DevState, lost: AbortSignal): { save: () => void; close: () => void } {
  let trouble: string | null = null;
  const save = (): void => {
    if (lost.aborted) return;
    try {
      writeState(store, state);
      if (trouble !== null) say(`the state of the services is written again, after: ${trouble}`);
      trouble = null;
    } catch (error) {
      if (trouble === null) say(`the state of the services cannot be written: ${messageOfError(error)}`);
      trouble = messageOfError(error);
    }
  };
  const timer = setInterval(() => trouble !== null && save(), saveAgain).unref();
  return { save, close: () => clearInterval(timer) };
}

/** Ends what a dead supervisor left behind, then keeps its port if that is free: commands may be watching it. */
async function servicePlace({ store, home, port, uiPort }: SuperviseOptions): Promise<ServicePlace> {
  const before = readState(store);
  await endServices(store);
  const kept = before && (await isFreePort(before.port)) ? before.port : null;
  return { store, home, port: port ?? kept ?? (await freePort()), uiPort: uiPort ?? (await freePort()) };
}

function startServer(place: ServicePlace, state: DevState, save: () => void): Service {
  return keepRunning({
    ...temporalServer(place),
    onChange: ({ pid, restarts }) => {
      state.server = pid;
      state.restarts.server = restarts;
      save();
    },
  });
}

/** What the process that asks for a worker has of the variables it wants the worker to have. */
function variablesOf(wanted: Wanted | null): { [name: string]: string } {
  const entries = wanted?.asker ? environmentOf(wanted.asker).map((each) => each.split(/=(.*)/s).slice(0, 2)) : [];
  return Object.fromEntries(entries.filter(([name = '']) => wanted?.variables.includes(name)));
}

function startWorker(
  place: ServicePlace,
  state: DevState,
  { wanted, environment, save }: { wanted: Wanted; environment: NodeJS.ProcessEnv; save: () => void },
): Service {
  let asked = wanted;
  const latest = (): Wanted => (asked = readWanted(place.store) ?? wanted);
  return keepRunning({
    ...worker(place, () => ({ ...latest(), environment })),
    onChange: ({ pid, ready, restarts }) => {
      state.worker = pid;
      state.restarts.worker = restarts;
      state.config = ready ? configDigest(asked) : null;
      state.variables = variableDigests(asked.variables, { environment, started: state.started });
      if (ready) state.state = 'ready';
      save();
    },
  });
}

function newState({ port, uiPort }: ServicePlace): DevState {
  return {
    pid: process.pid,
    machine: thisMachine(),
    server: null,
    worker: null,
    state: 'starting',
    address: `127.0.0.1:${port}`,
    ui: `http://127.0.0.1:${uiPort}`,
    port,
    config: null,
    variables: {},
    restarts: { server: 0, worker: 0 },
    started: Date.now(),
  };
}

/** Resolves when no workflow was open and no command used the services for this long. */
async function untilIdle(options: { store: string; address: string; idleMs: number; signal: AbortSignal }): Promise<void> {
  const { store, address, idleMs, signal } = options;
  let busy = Date.now();
  for (;;) {
    await delay(Math.min(idleCheck, idleMs / 2), undefined, { signal });
    if ((await openWorkflows(address)) !== 0) busy = Date.now();
    if (Date.now() - Math.max(busy, lastUsed(store)) > idleMs) return;
  }
}

/** The number of open workflows; null if the server does not answer now. */
async function openWorkflows(address: string): Promise<number | null> {
  try {
    const connection = await openConnection({ address, connectTimeout: 2000 });
    try {
      const { count } = await new Client({ connection, namespace }).workflow.count("ExecutionStatus = 'Running'");
      return count;
    } finally {
      await connection.close();
    }
  } catch {
    return null;
  }
}
