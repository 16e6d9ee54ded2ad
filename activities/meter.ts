import type { Digest, UnitNote } from '../plan/index.ts';
import type { Store } from '../ports/store.ts';
import { noteUnit } from '../records/unit-note.ts';
import { createPairTally, type PairTally, type TalliedPair } from '../stats/index.ts';

/** Counts the work of a unit in this process and notes it in the store, at most twice a second. */
export interface Meter {
  /** To be called when work begins; calling it again has no effect. */
  begin(): void;
  /** Sets the total of a node; what is done stays. */
  expect(node: string, total: number): void;
  /** Counts items of a node as done, never more than its total: a chunk may be retried. */
  add(node: string, items: number): void;
  /** Counts so many items of a node that makes pairs, and the pairs that were made of them. */
  addPairs(node: string, items: number, made: readonly TalliedPair[]): void;
  /** Sets the error that a node is retrying after; null: none. */
  trouble(node: string, what: string | null): void;
  /** Sets what a process reports about itself. */
  set(update: Partial<Pick<UnitNote, 'done' | 'total' | 'unit' | 'detail' | 'stage' | 'queued'>>): void;
}

export interface Meters {
  /** The meter of a unit for one execution or attempt; what an earlier one counted is dropped. */
  of(unit: Digest, execution: string): Meter;
}

/** Milliseconds between two notes of one unit. */
const interval = 500;

/** Units whose meters are kept. */
const kept = 1000;

/** Meters that write into a store. */
export function createMeters(store: Store): Meters {
  const meters = new Map<Digest, { execution: string; meter: Meter; stop: () => void }>();
  return {
    of(unit, execution) {
      const last = meters.get(unit);
      const isCurrent = last?.execution === execution;
      const current = isCurrent ? last : { execution, ...createMeter(store, unit) };
      if (!isCurrent) last?.stop();
      meters.delete(unit);
      meters.set(unit, current);
      const [oldest] = meters.keys();
      if (meters.size > kept && oldest !== undefined) meters.delete(oldest);
      return current.meter;
    },
  };
}

/** A meter, and a function that stops its notes. */
function createMeter(store: Store, unit: Digest): { meter: Meter; stop: () => void } {
  const note: UnitNote = { done: 0, total: null, unit: 'items', detail: {}, stage: '', began: null, updated: 0, steps: {} };
  const tallies = new Map<string, PairTally>();
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  const write = async () => {
    timer = null;
    note.updated = Date.now();
    for (const [node, tally] of tallies) (note.steps[node] ??= { done: 0, total: 0 }).pairs = tally.note();
    await noteUnit(store, unit, note).catch(() => {});
  };
  const changed = () => {
    if (!isStopped) timer ??= setTimeout(() => void write(), interval);
  };
  const sum = () => {
    const steps = Object.values(note.steps);
    note.done = steps.reduce((total, step) => total + step.done, 0);
    note.total = steps.reduce((total, step) => total + step.total, 0);
    changed();
  };
  const stop = () => {
    isStopped = true;
    if (timer) clearTimeout(timer);
  };
  const meter: Meter = {
    begin() {
      note.began ??= Date.now();
      changed();
    },
    expect(node, total) {
      note.steps[node] = { ...note.steps[node], done: Math.min(note.steps[node]?.done ?? 0, total), total };
      sum();
    },
    add(node, items) {
      const step = (note.steps[node] ??= { done: 0, total: 0 });
      step.done = Math.min(step.total, step.done + items);
      note.stage = node;
      sum();
    },
    addPairs(node, items, made) {
      const tally = tallies.get(node) ?? createPairTally();
      tallies.set(node, tally);
      tally.add(items, made);
      changed();
    },
    trouble(node, what) {
      const step = (note.steps[node] ??= { done: 0, total: 0 });
      if (what === (step.trouble ?? null)) return;
      if (what === null) delete step.trouble;
      else step.trouble = what;
      changed();
    },
    set(update) {
      Object.assign(note, update);
      changed();
    },
  };
  return { meter, stop };
}
