import type { BudgetCaps, CompileOutput, RunProgress, RunSettings, UnitProgress } from '../plan/index.ts';
import { mark, skip, unitOf } from './run-state.ts';
import type { RunState } from './run-state.ts';

/** What one execution of the root hands to the next. What is done is in the store and found there again. */
export interface HandOver {
  compiled: CompileOutput;
  progress: Omit<RunProgress, 'units'>;
  caps: BudgetCaps;
  ran: number[];
  reused: number[];
  begun: number[];
  again: number[];
  skipped: [index: number, why: string][];
  parked: [index: number, failure: NonNullable<UnitProgress['failure']>][];
  changes: [index: number, run: Partial<RunSettings>][];
}

/** Everything but the units' states: a unit that is over is over at once in the new execution too. */
export function handOver({ compiled, progress, caps, ran, reused, begun, again, changes }: RunState): HandOver {
  const { units, ...head } = progress;
  const skipped = units.flatMap(({ state, why = '' }, index): [number, string][] => (state === 'skipped' ? [[index, why]] : []));
  const parked = units.flatMap(({ state, failure }, index): HandOver['parked'] => (state === 'parked' && failure ? [[index, failure]] : []));
  return { compiled, progress: head, caps, ran: [...ran], reused: [...reused], begun: [...begun], again: [...again], skipped, parked, changes: [...changes] };
}

/** Goes on where the execution before has stopped; what was parked stays parked. */
export function takeOver(state: RunState, { caps, ran, reused, begun, again, skipped, parked, changes }: HandOver): void {
  state.caps = caps;
  for (const index of ran) state.ran.add(index);
  for (const index of reused) state.reused.add(index);
  for (const index of begun) state.begun.add(index);
  for (const index of again) state.again.add(index);
  for (const [index, run] of changes) state.changes.set(index, run);
  for (const [index, why] of skipped) skip(state, index, why);
  for (const [index, failure] of parked) mark(state, index, { state: 'parked', failure });
  state.ready = state.ready.filter((index) => unitOf(state, index).state === 'waiting');
}
