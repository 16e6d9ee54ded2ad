import type {
  BudgetCaps,
  CompileOutput,
  PipelineInput,
  PipelineSettings,
  RunProgress,
  RunResult,
  RunSettings,
  UnitProgress,
} from '../plan/index.ts';
import { fitting } from './message-size.ts';
import { restore, unitOf, type Reserved, type RunState } from './run-state.ts';

/**
 * What one execution of the root hands to the next: the indices of units by state. Their results and failures are in the record of the
 * run, so that a unit takes about ten bytes, whatever became of it.
 */
export interface HandOver {
  compiled: CompileOutput;
  progress: Omit<RunProgress, 'units'>;
  caps: BudgetCaps;
  ran: UnitPlaces;
  reused: UnitPlaces;
  skipped: UnitPlaces;
  parked: UnitPlaces;
  /** Started, but not seen to finish. */
  begun: UnitPlaces;
  /** What is reserved for those; absent: nothing. */
  reserved?: [index: number, reserved: Reserved][];
  changes: { run: Partial<RunSettings>; places: UnitPlaces }[];
  /** Members that decisions have left out of unfinished groups. */
  without: [index: number, nodes: { [node: string]: string }][];
  /** The failures of the first parked units, as many as fit: a decision may need them. */
  failures: [index: number, failure: Failure][];
}

/** The workflow `pipeline`, as one execution of it starts the next. */
export type NextExecution = (input: Uint8Array | PipelineInput, settings: PipelineSettings, before: HandOver) => Promise<RunResult>;

/** Indices in ascending order; consecutive ones as a range from the first to the last, both included. */
type UnitPlaces = (number | [first: number, last: number])[];

type Failure = NonNullable<UnitProgress['failure']>;

/** The most bytes of failures of parked units. */
const failureBytes = 400_000;

/** The state of a run to hand over, once all changes are recorded. */
export function handOver({ compiled, progress, caps, ran, reused, begun, reserved, changes, without }: RunState): HandOver {
  const { units, ...head } = progress;
  const inState = (state: UnitProgress['state']) => units.flatMap((unit, index) => (unit.state === state ? [index] : []));
  const parked = inState('parked');
  const failures = parked.flatMap((index): HandOver['failures'] => (units[index]?.failure ? [[index, units[index].failure]] : []));
  return {
    compiled,
    progress: head,
    caps,
    ran: unitPlaces(ran),
    reused: unitPlaces(reused),
    skipped: unitPlaces(inState('skipped')),
    parked: unitPlaces(parked),
    begun: unitPlaces([...begun].filter((index) => !isOver(units[index]))),
    ...(reserved.size > 0 && { reserved: [...reserved] }),
    changes: changesOf(changes),
    without: [...without].filter(([index]) => !isOver(units[index])),
    failures: fitting(failures, failureBytes),
  };
}

/** Continues where the previous execution stopped; what was parked stays parked. */
export function takeOver(state: RunState, before: HandOver): void {
  state.caps = before.caps;
  for (const index of indicesOf(before.ran)) restore(state, index, 'done');
  for (const index of indicesOf(before.reused)) restore(state, index, 'reused');
  for (const index of indicesOf(before.skipped)) restore(state, index, 'skipped');
  for (const index of indicesOf(before.parked)) unitOf(state, index).state = 'parked';
  for (const index of indicesOf(before.begun)) state.begun.add(index);
  for (const [index, reserved] of before.reserved ?? []) state.reserved.set(index, reserved);
  for (const { run, places } of before.changes) for (const index of indicesOf(places)) state.changes.set(index, run);
  for (const [index, nodes] of before.without) state.without.set(index, nodes);
  for (const [index, failure] of before.failures) unitOf(state, index).failure = failure;
  state.ready = state.ready.filter((index) => unitOf(state, index).state === 'waiting');
}

function isOver(unit: UnitProgress | undefined): boolean {
  return unit?.state === 'done' || unit?.state === 'reused' || unit?.state === 'skipped';
}

/** Groups the changes of units by content: there are few decisions, however many units they are about. */
function changesOf(changes: RunState['changes']): HandOver['changes'] {
  const alike = Map.groupBy(changes, ([, run]) => JSON.stringify(run));
  return [...alike.values()].flatMap(([first, ...others]) =>
    first ? [{ run: first[1], places: unitPlaces([first, ...others].map(([index]) => index)) }] : [],
  );
}

function unitPlaces(indices: Iterable<number>): UnitPlaces {
  const places: UnitPlaces = [];
  for (const index of [...indices].sort((a, b) => a - b)) {
    const last = places.at(-1);
    const [from, to] = typeof last === 'object' ? last : [last, last];
    if (from !== undefined && to === index - 1) places[places.length - 1] = [from, index];
    else places.push(index);
  }
  return places;
}

function indicesOf(places: UnitPlaces): number[] {
  return places.flatMap((place) =>
    typeof place === 'number' ? [place] : Array.from({ length: place[1] - place[0] + 1 }, (_, at) => place[0] + at),
  );
}
