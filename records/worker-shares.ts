import type { Store } from '../ports/store.ts';
import { readNoted } from './named.ts';
import { workerSharesName, workersWithShares } from './names.ts';

/** What a worker claims of the limits that it shares with others. */
export interface WorkerShares {
  /** Differs each time that the worker says it: as long as it changes, the worker lives. */
  beat: number;
  /** Requests that it may have in flight at most, by limit. */
  claims: { [limit: string]: number };
}

/** Notes what a worker claims. */
export function noteShares(store: Store, worker: string, shares: WorkerShares): Promise<void> {
  return store.note(workerSharesName(worker), new TextEncoder().encode(JSON.stringify(shares)));
}

/** What all workers claim that have not taken it back, by worker; some may be gone. */
export async function readShares(store: Store): Promise<Map<string, WorkerShares>> {
  const workers = await workersWithShares(store);
  const shares = await Promise.all(workers.map((worker) => readNoted<WorkerShares>(store, workerSharesName(worker))));
  return new Map(workers.flatMap((worker, index) => (shares[index] ? [[worker, shares[index]]] : [])));
}

/** Takes back what a worker claims. */
export function forgetShares(store: Store, worker: string): Promise<void> {
  return store.removeNote(workerSharesName(worker));
}
