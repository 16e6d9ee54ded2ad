import type { BudgetCaps, CompileOutput, RunProgress, RunSettings, UnitProgress } from '../plan/index.ts';
import { restore, skip, unitOf } from './run-state.ts';
import type { RunState } from './run-state.ts';

/**
 * What one execution of the root hands to the next. What units have made is in the record of the run; the rest fits one
 * message however many units there are.
 */
export interface HandOver {
  compiled: CompileOutput;
  progress: Omit<RunProgress, 'units'>;
  caps: BudgetCaps;
  ran: Range[];
  reused: Range[];
  /** Started and not seen finished. */
  begun: Range[];
  again: Range[];
  /** Left out by decision; what needs them is left out again. */
  dropped: [index: number, why: string][];
  parked: [index: number, failure: NonNullable<UnitProgress['failure']>][];
  changes: [index: number, run: Partial<RunSettings>][];
}

/** Places from the first to the last, both included. */
type Range = [first: number, last: number];

/** Characters of the messages of all parked units together, and of one of them at least. */
const longestMessages = 400_000;
const shortestMessage = 80;

/** How a run stands, once everything that changed is written down. */
export function handOver({ compiled, progress, caps, ran, reused, begun, again, dropped, changes }: RunState): HandOver {
  const { units, ...head } = progress;
  const open = new Set([...begun].filter((index) => !ran.has(index) && !reused.has(index)));
  return {
    compiled,
    progress: head,
    caps,
    ran: rangesOf(ran),
    reused: rangesOf(reused),
    begun: rangesOf(open),
    again: rangesOf(again),
    dropped: [...dropped],
    parked: parkedIn(units),
    changes: [...changes],
  };
}

/** Goes on where the execution before has stopped; what was parked stays parked. */
export function takeOver(state: RunState, { caps, ran, reused, begun, again, dropped, parked, changes }: HandOver): void {
  state.caps = caps;
  for (const index of placesIn(ran)) restore(state, index, 'done');
  for (const index of placesIn(reused)) restore(state, index, 'reused');
  for (const index of placesIn(begun)) state.begun.add(index);
  for (const index of placesIn(again)) state.again.add(index);
  for (const [index, run] of changes) state.changes.set(index, run);
  for (const [index, why] of dropped) skip(state, index, why);
  for (const [index, failure] of parked) Object.assign(unitOf(state, index), { state: 'parked', failure });
  state.ready = state.ready.filter((index) => unitOf(state, index).state === 'waiting');
}

/** The record in the store keeps the messages whole. */
function parkedIn(units: UnitProgress[]): HandOver['parked'] {
  const parked = units.flatMap(({ state, failure }, index): HandOver['parked'] => (state === 'parked' && failure ? [[index, failure]] : []));
  const longest = Math.max(shortestMessage, Math.floor(longestMessages / Math.max(1, parked.length)));
  return parked.map(([index, failure]) => [index, { ...failure, message: failure.message.slice(0, longest) }]);
}

function rangesOf(places: Set<number>): Range[] {
  const ranges: Range[] = [];
  for (const place of [...places].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] === place - 1) last[1] = place;
    else ranges.push([place, place]);
  }
  return ranges;
}

function placesIn(ranges: Range[]): number[] {
  return ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index));
}
