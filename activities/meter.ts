import type { Digest, UnitNote } from '../plan/index.ts';
import type { Store } from './ports.ts';

/** Counts the work of a unit in this process and tells the store of it at most twice a second. */
export interface Meter {
  /** Work begins now, unless it began before; gives the time it began. */
  begin(): number;
  /** Sets how much a node has to do; done stays. */
  expect(node: string, total: number): void;
  /** Counts items of a node that are done; a chunk that is tried again counts no further than what was expected. */
  add(node: string, items: number): void;
  /** Sets what a process reports of itself. */
  set(update: Partial<Pick<UnitNote, 'done' | 'total' | 'unit' | 'detail' | 'stage'>>): void;
}

export interface Meters {
  of(unit: Digest): Meter;
}

/** Milliseconds between two notes of one unit. */
const interval = 500;

/** Meters that write into a store. */
export function createMeters(store: Store): Meters {
  const meters = new Map<Digest, Meter>();
  return {
    of(unit) {
      const meter = meters.get(unit) ?? createMeter(store, `progress/${unit}.json`);
      meters.set(unit, meter);
      return meter;
    },
  };
}

function createMeter(store: Store, name: string): Meter {
  const note: UnitNote = { done: 0, total: null, unit: 'items', detail: {}, stage: '', began: null, updated: 0, steps: {} };
  let timer: NodeJS.Timeout | null = null;
  const write = async () => {
    timer = null;
    note.updated = Date.now();
    await store.note(name, new TextEncoder().encode(JSON.stringify(note))).catch(() => {});
  };
  const changed = () => {
    timer ??= setTimeout(() => void write(), interval);
  };
  const sum = () => {
    const steps = Object.values(note.steps);
    note.done = steps.reduce((total, step) => total + step.done, 0);
    note.total = steps.reduce((total, step) => total + step.total, 0);
    changed();
  };
  return {
    begin() {
      note.began ??= Date.now();
      changed();
      return note.began;
    },
    expect(node, total) {
      note.steps[node] = { done: Math.min(note.steps[node]?.done ?? 0, total), total };
      sum();
    },
    add(node, items) {
      const step = (note.steps[node] ??= { done: 0, total: 0 });
      step.done = Math.min(step.total, step.done + items);
      note.stage = node;
      sum();
    },
    set(update) {
      Object.assign(note, update);
      changed();
    },
  };
}
