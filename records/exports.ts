import { createHash } from 'node:crypto';
import type { Digest } from '../plan/index.ts';
import type { Store } from '../ports/store.ts';
import { listHeld, noteHeld, readHeld, removeHeld } from './held.ts';
import type { NoteName } from './names.ts';

/** A folder outside the store that holds a copy of artifacts. */
export interface Exported {
  /** Absolute path on its machine. */
  folder: string;
  /** Name of the machine that has written it; earlier notes have none. */
  machine?: string;
  /** Random name of this copy, which its data card says; earlier notes have none. */
  copy?: string;
  run: string;
  /** The step, or STEP.OUTPUT. */
  step: string;
  /** Id of its node. */
  node: string;
  format: string;
  artifacts: Digest[];
  /** What each artifact is called in the data set. */
  splits: string[];
  /** Rows of the folder that are forgotten and still there, which the artifacts no longer have; absent: none. */
  due?: number;
}

/**
 * Notes an export, so that whoever removes an origin from the store learns of the copy; a later one into the folder replaces it, and a note
 * of that folder that does not say its machine.
 */
export async function noteExport(store: Store, exported: Exported): Promise<void> {
  await noteHeld(store, nameOf(exported), exported);
  if (exported.machine !== undefined) await removeHeld(store, nameOf({ folder: exported.folder }));
}

/** Removes the note of an export whose folder is deleted. */
export async function removeExport(store: Store, exported: Exported): Promise<void> {
  await removeHeld(store, nameOf(exported));
}

function nameOf({ machine, folder }: Pick<Exported, 'machine' | 'folder'>): NoteName {
  const place = machine === undefined ? folder : `${machine}\n${folder}`;
  return `exports/${createHash('sha256').update(place).digest('hex').slice(0, 32)}.json`;
}

/** All exports of a store, by folder. */
export async function listExports(store: Store): Promise<Exported[]> {
  const notes = await Promise.all((await listHeld(store, 'exports/')).map((name) => readHeld<Exported>(store, name)));
  return notes.filter((note) => note !== null).toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
}
