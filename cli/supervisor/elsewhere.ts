import { holderOf, type LockHolder } from '../../adapters/launchers/lock.ts';
import { devPaths } from './state.ts';

/** Why the embedded services of a store cannot be used here, and what to do: they run on another machine. null: they do not. */
export function runsElsewhere(store: string): string | null {
  const holder = holderOf(devPaths(store).folder);
  return holder && elsewhereText(store, holder);
}

/** The same for a holder of the lock of the services. */
export function elsewhereText(store: string, { pid, elsewhere }: LockHolder): string | null {
  if (elsewhere === null) return null;
  return (
    `the embedded Temporal server of the store ${store} runs on ${elsewhere} (process ${pid}), and only that machine reaches it. ` +
    'Use codepmp there, or stop it there: codepmp dev stop. To work on several machines, name a server in the configuration ' +
    '(temporal: {address: …}). If that machine is gone, try again in half a minute'
  );
}
