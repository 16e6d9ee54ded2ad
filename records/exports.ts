import { createHash } from 'node:crypto';
import type { Digest } from '../plan/index.ts';
import type { Store } from '../ports/store.ts';
import { listHeld, noteHeld, readHeld } from './held.ts';

/** A folder outside the store that holds a copy of artifacts. */
export interface Exported {
  /** Absolute path. */
  folder: string;
  run: string;
  /** The step, or STEP.OUTPUT. */
  step: string;
  /** Id of its node. */
  node: string;
  format: string;
  artifacts: Digest[];
  /** What each artifact is called in the data set. */
  splits: string[];
}

/** Notes an export, so that whoever removes an origin from the store learns of the copy; a later one into the folder replaces it. */
export function noteExport(store: Store, exported: Exported): Promise<void> {
  const name = createHash('sha256').update(exported.folder).digest('hex').slice(0, 32);
  return noteHeld(store, `exports/${name}.json`, exported);
}

/** All exports of a store, by folder. */
export async function listExports(store: Store): Promise<Exported[]> {
  const notes = await Promise.all((await listHeld(store, 'exports/')).map((name) => readHeld<Exported>(store, name)));
  return notes.filter((note) => note !== null).toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
}
