import { createKept, type RunDelta, type RunProgress, type Unit, type UnitProgress } from '../plan/index.ts';
import { classified, type ClassifiedError } from '../ports/failure.ts';
import type { Store } from '../ports/store.ts';
import { readNoted } from './named.ts';
import { runNoteName } from './names.ts';

/** Begins the record of a run, in which all units wait. */
export async function beginRecord(store: Store, head: RunDelta['head'], units: Unit[]): Promise<void> {
  await noteRun(store, { head, changed: units.map(waitingUnit) });
}

/**
 * Records the state of a run in the store, where it remains when the server has forgotten the run. Changed units replace their previous
 * state; the record of an earlier run of the same name is replaced. A late attempt does not overwrite newer notes, except if it stalls
 * between its reading and its writing; the next note corrects that. A damaged record is kept beside the new one, which lacks the units that
 * do not change any more.
 */
export async function noteRun(store: Store, { head, changed }: RunDelta): Promise<RunProgress> {
  const before = await readRun(store, head.run);
  if (!before) await keepDamaged(store, head.run);
  if (before && before.started > head.started) return before;
  const known = before?.started === head.started ? before : null;
  const { noted = 0 } = head;
  const units = new Map((known?.units ?? []).map((unit) => [unit.id, unit]));
  for (const unit of changed) if ((units.get(unit.id)?.noted ?? 0) <= noted) units.set(unit.id, { ...unit, ...(noted > 0 && { noted }) });
  const record = { ...(known && (known.noted ?? 0) > noted ? known : head), units: [...units.values()] };
  await write(store, record);
  return record;
}

async function keepDamaged({ files }: Store, run: string): Promise<void> {
  const bytes = await files.read(`notes/${runNoteName(run)}`);
  if (bytes) await files.create(`notes/runs/${run}/damaged.json`, bytes);
}

/** The record of a run; null if the store has none (yet). */
export function readRun(store: Store, run: string): Promise<RunProgress | null> {
  return readNoted<RunProgress>(store, runNoteName(run));
}

/** What becomes of the damaged file of a run's record: it stays, in words. null: it is another file. */
export function keepRecord(file: string): string | null {
  return file.startsWith('notes/runs/') ? `it stays, and ${nextOfRecord}` : null;
}

/** All records of runs as text. Throws a ClassifiedError where one is damaged: nobody knows what its run needs. */
export async function* recordTexts(store: Store): AsyncGenerator<string> {
  for (const name of await store.listNotes('runs/')) {
    const record = await readNoted<RunProgress>(store, name);
    if (record) yield JSON.stringify(record);
    else if ((await store.listNotes(name)).includes(name)) throw lostRecord(store, name);
  }
}

function lostRecord({ bucket, root }: Store, name: string): ClassifiedError {
  return classified('invalid', `notes/${name} of the store ${bucket ?? root} is damaged, and ${nextOfRecord}`, { name: 'NoteDamaged' });
}

const nextOfRecord =
  'gc deletes nothing while it is there, since it says which results and checkpoints its run needs. Restore it from a backup; or run the ' +
  'pipeline again, which finds what there is and records it anew, and delete the file';

/** A run whose record is read; an earlier run may have had its name. */
export interface RecordedIn {
  store: Store;
  run: string;
  /** When it began, milliseconds since the epoch. */
  started: number;
}

/** A node that has ended: its result key, or why it was skipped. */
interface Ended {
  key?: string;
  why?: string;
}

/** Runs whose ended nodes are kept in memory, since they do not change. */
const kept = 8;

const ended = createKept<string, Map<string, Ended>>(kept);
const reading = new Map<string, Promise<void>>();

/** Ended nodes by the record of a run, which is read only if some of these nodes are not known yet. */
export async function endedNodes(ids: string[], { store, run, started }: RecordedIn): Promise<ReadonlyMap<string, Ended>> {
  const name = `${store.id}/${run}/${started}`;
  const known = ended(name, () => new Map());
  // A read in progress may have begun before the last node was recorded.
  for (let tries = 0; tries < 2 && !ids.every((id) => known.has(id)); tries++) {
    const under = reading.get(name) ?? readEnded({ store, run }, known).finally(() => reading.delete(name));
    reading.set(name, under);
    await under;
  }
  return known;
}

async function readEnded({ store, run }: { store: Store; run: string }, known: Map<string, Ended>): Promise<void> {
  for (const { nodes, state, why = '' } of (await readRun(store, run))?.units ?? [])
    for (const { id, key, why: own } of nodes) {
      if (state === 'skipped' || own !== undefined) known.set(id, { why: own ?? why });
      else if (key !== undefined) known.set(id, { key });
    }
}

function waitingUnit({ id, nodes }: Unit): UnitProgress {
  return { id, nodes: nodes.map((node) => ({ id: node.id, kind: node.kind })), state: 'waiting' };
}

async function write(store: Store, record: RunProgress): Promise<void> {
  await store.note(runNoteName(record.run), new TextEncoder().encode(JSON.stringify(record)));
}
