import { setTimeout as delay } from 'node:timers/promises';
import { holderOf } from '../../adapters/launchers/lock.ts';
import { isOfJobIn } from '../../adapters/launchers/machine-lock.ts';
import { carries, endProcesses, findProcesses, sendSignal } from '../../adapters/launchers/processes.ts';
import { preloadedMarker } from '../../ports/launcher.ts';
import { elsewhereText } from './elsewhere.ts';
import { serviceMarker } from './services.ts';
import { devPaths, removeState } from './state.ts';

/** How long the supervisor may take to end its worker and its server, milliseconds. */
const stopWithin = 40_000;

/** Time for a training to write its checkpoint, milliseconds. */
const jobGrace = 5000;

/** Ends the embedded services of a store and every process they started; returns what was running. Throws if another machine runs them. */
export async function stopServices(store: string): Promise<{ supervisor: number | null; left: number }> {
  const { folder } = devPaths(store);
  const holder = holderOf(folder);
  const elsewhere = holder && elsewhereText(store, holder);
  if (elsewhere !== null) throw new Error(elsewhere);
  const supervisor = holder?.pid ?? null;
  if (supervisor !== null) {
    sendSignal(supervisor, 'SIGTERM');
    const end = Date.now() + stopWithin;
    while (holderOf(folder)?.pid === supervisor && Date.now() < end) await delay(50);
    await endProcesses([supervisor], { graceMs: 2000 });
  }
  const left = servicesOf(store).length + jobsOf(store).length;
  await endServices(store);
  await endJobs(store);
  removeState(store);
  return { supervisor, left };
}

/** Ends the server and the worker that a dead supervisor left behind. */
export async function endServices(store: string): Promise<void> {
  await endProcesses(servicesOf(store), { graceMs: 5000 });
}

/** Ends processes started for steps, found by a marker that all their children inherit, and the one that keeps libraries loaded for them. */
export async function endJobs(store: string): Promise<void> {
  await endProcesses(jobsOf(store), { graceMs: jobGrace });
}

/** The server and the worker of a store that run, with a supervisor or without. */
export function servicesOf(store: string): number[] {
  return findProcesses(carries({ [serviceMarker]: store }), { descendants: false });
}

function jobsOf(store: string): number[] {
  const keepsLibraries = carries({ [preloadedMarker]: store });
  return findProcesses((environment) => isOfJobIn(store)(environment) || keepsLibraries(environment), { descendants: true });
}
