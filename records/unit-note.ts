import type { Digest, UnitNote } from '../plan/index.ts';
import type { Store } from '../ports/store.ts';
import { readNoted } from './named.ts';
import { unitNoteName } from './names.ts';

/** Notes the progress of a unit. */
export function noteUnit(store: Store, unit: Digest, note: UnitNote): Promise<void> {
  return store.note(unitNoteName(unit), new TextEncoder().encode(JSON.stringify(note)));
}

/** The progress of a unit; null if it has not begun. */
export function readUnitNote(store: Store, unit: Digest): Promise<UnitNote | null> {
  return readNoted<UnitNote>(store, unitNoteName(unit));
}
