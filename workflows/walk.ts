import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  ContinueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { rootTakes, type AwaitInput, type PipelineInput, type PipelineSettings, type RunDelta, type UnitFound } from '../plan/index.ts';
import { light, looking, waiting } from './activities.ts';
import { cappedBy } from './decisions.ts';
import { classOf, failureDetails, isDataLost, isOutOfCalls, messageOf } from './failure.ts';
import { handOver, type NextExecution } from './hand-over.ts';
import { tellOfPause, type RunningUnit } from './pausing.ts';
import { refOf, takeReady } from './ready-units.ts';
import { hold, reserve, unreserve } from './reserve.ts';
import { charge, isPaidByOther, leaveOutUnit, mark, mend, requeue, settle, takeDelta, unitOf, type RunState } from './run-state.ts';

/** Events of a history after which the root continues as a new execution. */
const eventsOfExecution = 8000;

/** The longest time between two updates of the record while something changes, milliseconds. */
const recordEvery = 5000;

/** The root workflow while it walks the plan: what is running, and what may wake it. */
export interface Root {
  state: RunState | null;
  /** Incremented by everything that may let the walk continue. */
  wakes: number;
  running: Map<number, RunningUnit>;
  /** The first failure that ends the run. */
  failure?: unknown;
  /** When the record was last written. */
  recorded: number;
  settings: PipelineSettings;
  input: Uint8Array | PipelineInput;
  /** Whether the run was paused when this execution began: units that run already believe that it still is. */
  wasPaused: boolean;
}

/** Looks up each wave of ready units at once and starts those without results, until all have ended or one has failed for good. */
export async function walk(root: Root, state: RunState): Promise<void> {
  const atFirst = state.left;
  while (state.left > 0) {
    const seen = root.wakes;
    if (root.failure !== undefined) throw root.failure;
    if (isLong(root) && state.left < atFirst) await goOn(root, state);
    const batch = admit(root, state);
    if (batch.length > 0) {
      const units = batch.map((index) => refOf(state, index));
      if (units.some(({ above }) => above === null)) while (state.changed.size > 0) await record(root, state);
      const found = await looking.lookup({ ...runOf(state), plan: state.compiled.digest, units, delta: dueDelta(root, state) });
      for (const each of found) takeUp(root, state, each);
      continue;
    }
    if (root.running.size === 0) await park(root, state);
    const isRecorded = state.changed.size === 0 || !(await idle(root, seen));
    if (isRecorded) await condition(() => root.wakes !== seen);
  }
}

function runOf({ progress: { run, started } }: RunState): { run: string; started: number } {
  return { run, started };
}

/** Waits a while for something to do; if nothing happens, records what has changed. */
async function idle(root: Root, seen: number): Promise<boolean> {
  if (await condition(() => root.wakes !== seen, recordEvery)) return true;
  if (root.state) await record(root, root.state);
  return false;
}

/** The ready units that may start now; none while the run is paused or a cap of its budget has been reached. */
function admit(root: Root, state: RunState): number[] {
  const { progress } = state;
  const cap = cappedBy(state);
  if (cap !== null && state.ready.length > 0) progress.capped = cap;
  if (progress.paused || progress.capped !== undefined) return [];
  return takeReady(state, Math.min(rootTakes.lookup, rootTakes.atOnce - root.running.size));
}

/** Nothing runs and nothing can start: the run waits for a decision, or fails if it was started not to wait. */
async function park(root: Root, state: RunState): Promise<void> {
  const { progress } = state;
  if (progress.paused && progress.capped === undefined && state.ready.length > 0) return record(root, state);
  if (progress.capped !== undefined && root.settings.on_failure !== 'park')
    throw ApplicationFailure.nonRetryable(`the budget is spent (${progress.capped}): raise it in the file and resume`, 'invalid');
  progress.status = 'parked';
  await record(root, state);
}

/** What to record with a lookup; for a large run only from time to time. */
function dueDelta(root: Root, state: RunState): RunDelta | null {
  const isSmall = state.rows.length <= rootTakes.atOnce;
  if (!isSmall && Date.now() - root.recorded < recordEvery) return null;
  root.recorded = Date.now();
  return takeDelta(state);
}

/** Records everything that has changed. */
async function record(root: Root, state: RunState): Promise<void> {
  if (state.changed.size === 0 && state.progress.status === 'running') return;
  do {
    root.recorded = Date.now();
    await light.note(takeDelta(state));
  } while (state.changed.size > 0);
}

function isLong({ settings: { events = eventsOfExecution } }: Root): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength > events;
}

/**
 * Hands over to a new execution, after recording everything; running nodes continue and are found again by their keys. A failure that
 * ends the run may arrive meanwhile.
 */
async function goOn(root: Root, state: RunState): Promise<never> {
  await condition(allHandlersFinished);
  while (state.changed.size > 0) await record(root, state);
  if (root.failure !== undefined) throw root.failure;
  const input = root.input instanceof Uint8Array ? new Uint8Array() : {};
  return continueAsNew<NextExecution>(input, root.settings, handOver(state));
}

/**
 * Cancels what is still running and waits until it has stopped, so that a failed or cancelled run leaves nothing behind. Decisions are
 * no longer possible.
 */
export async function stopRun(root: Root, error: unknown): Promise<never> {
  if (error instanceof ContinueAsNew) throw error;
  CancellationScope.current().cancel();
  await CancellationScope.nonCancellable(() => Promise.allSettled([...root.running.values()].map(({ work }) => work)));
  if (root.state)
    for (const [index, { state }] of root.state.progress.units.entries())
      if (state === 'parked') mark(root.state, index, { state: 'failed' });
  throw error;
}

/** Settles a unit that was looked up, or starts it unless the run has been paused since. */
function takeUp(root: Root, state: RunState, found: UnitFound): void {
  const { progress } = state;
  const { calls = 0, money = 0, ...unitFound } = found;
  const { index, left = {}, key, results } = unitFound;
  const reused = new Set(Object.keys(results));
  const unit = unitOf(state, index);
  if (unit.state !== 'waiting') return;
  leaveOutUnit(state, index, left);
  if (unitOf(state, index).state === 'skipped') return unreserve(state, index);
  const isWhole = reused.size === unit.nodes.length - Object.keys(left).length;
  // An earlier execution of the root may have started it, and reserved calls or money for it.
  const mayRunAlready = state.begun.has(index) && unit.started === undefined;
  if (progress.paused && !isWhole && !mayRunAlready) {
    state.ready.push(index);
    return;
  }
  mark(state, index, { key, ...(unit.started === undefined && { started: Date.now() }) });
  if (isWhole) {
    settle(state, index, results, reused);
    return unreserve(state, index);
  }
  const budget = reserve(state, index, { calls, money });
  if (budget === null) return hold(state, index);
  mark(state, index, { state: 'running' });
  state.begun.add(index);
  startUnit(root, state, { ...unitFound, ...budget, ...(mayRunAlready && { begun: true }) });
  if (mayRunAlready && (root.wasPaused || progress.paused)) tellOfPause(root, index);
}

/** A unit to start; `begun`: an earlier execution of the root may have started it. */
type Start = UnitFound & Pick<AwaitInput, 'begun'>;

function startUnit(root: Root, state: RunState, found: Start): void {
  const { index } = found;
  const scope = new CancellationScope();
  let isTakenBack = false;
  const takeBack = () => {
    isTakenBack = true;
    scope.cancel();
  };
  const work = scope.run(() => runUnit(root, state, found)).finally(() => {
    if (isTakenBack && unitOf(state, index).state === 'cancelled') requeue(state, index);
    unreserve(state, index);
    root.running.delete(index);
    root.wakes++;
  });
  root.running.set(index, { work, takeBack });
}

async function runUnit(root: Root, state: RunState, { index, key, looked, results: there, begun, calls, money }: Start): Promise<void> {
  const { digest: plan, store, prices } = state.compiled;
  try {
    const results = await waiting.awaitNode({
      ...runOf(state),
      plan,
      unit: refOf(state, index),
      store,
      key,
      looked,
      ...(begun && { begun }),
      ...(calls !== undefined && { calls }),
      ...(money !== undefined && { money: { left: money, prices: prices.endpoints } }),
    });
    settle(state, index, results, new Set(Object.keys(there)));
  } catch (error) {
    const finished = Date.now();
    if (isCancellation(error)) return mark(state, index, { state: 'cancelled', finished });
    const { node, spent, ...details } = failureDetails(error);
    if (spent && !isPaidByOther(state, details)) charge(state, index, spent);
    if (isOutOfCalls(error)) {
      if (money !== undefined) state.short.set(index, money);
      return requeue(state, index);
    }
    if (isDataLost(error) && mend(state, index)) return;
    const failure = { class: classOf(error), message: messageOf(error), ...(node !== undefined && { node }) };
    if (root.settings.on_failure === 'park') return mark(state, index, { state: 'parked', finished, failure });
    mark(state, index, { state: 'failed', finished, failure });
    root.failure ??= error;
  }
}
