import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  ContinueAsNew,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { failureClasses } from '../plan/index.ts';
import type { CompileOutput, PipelineInput, PipelineSettings, RunProgress, RunResult, UnitFound, UnitRow } from '../plan/index.ts';
import { light, waiting } from './activities.ts';
import { cappedBy, decidable, decide } from './decisions.ts';
import { decideUpdate, pauseUpdate, progressQuery, unpauseUpdate } from './messages.ts';
import { answerOf, mark, openRun, refOf, settle, takeDelta, unitOf } from './run-state.ts';
import type { RunState } from './run-state.ts';
import { handOver, takeOver } from './hand-over.ts';
import type { HandOver } from './hand-over.ts';

/** Units that run at once, and that are looked up at once. */
const mostRunning = 200;
const mostLooked = 100;

/** Events of a history after which the root goes on as a new execution. */
const mostEvents = 8000;

/** The record in the store is written at least so often while something changes. */
const recordEvery = 5000;

/**
 * The workflow a user starts: compiles the file, then starts every unit of the plan as soon as its inputs are there.
 * Takes YAML as bytes, or `PipelineInput`; a second argument carries settings, as an object or as JSON bytes. A long run goes
 * on as a new execution, which gets what the one before hands over.
 */
export async function pipeline(
  input: Uint8Array | PipelineInput,
  settings?: Uint8Array | PipelineSettings,
  before?: HandOver,
): Promise<RunResult> {
  const progress: RunProgress = { run: workflowInfo().workflowId, name: '', status: 'running', started: Date.now(), units: [] };
  const root: Root = { state: null, wakes: 0, running: new Map(), paused: false, recorded: 0, settings: {}, input };
  listen(root, progress);
  try {
    root.settings = settings instanceof Uint8Array ? decodeSettings(settings) : (settings ?? {});
    const compiled = before?.compiled ?? (await compile(progress.run, input, root.settings));
    const state = openRun(Object.assign(progress, before?.progress), compiled, await readTable(compiled));
    if (before) takeOver(state, before);
    else markAgain(state, root.settings.again ?? []);
    root.state = state;
    await CancellationScope.cancellable(() => walk(root, state).catch((error) => stop(root, error)));
    return await finish(state);
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    progress.status = isCancellation(error) ? 'cancelled' : 'failed';
    progress.message = messageOf(error);
    progress.finished = Date.now();
    const { units, ...head } = progress;
    await CancellationScope.nonCancellable(() => light.finish({ delta: root.state ? takeDelta(root.state) : { head, changed: [] }, plan: null }));
    if (isCancellation(error) || isInvalid(error)) throw rootOf(error);
    throw ApplicationFailure.nonRetryable(progress.message, 'PipelineFailed', units.filter((unit) => unit.failure).slice(0, 20));
  }
}

interface Root {
  state: RunState | null;
  /** Raised by everything that may let the walk go on. */
  wakes: number;
  running: Map<number, Promise<void>>;
  /** The first failure that ends the run. */
  failure?: unknown;
  paused: boolean;
  /** When the record was written last. */
  recorded: number;
  settings: PipelineSettings;
  input: Uint8Array | PipelineInput;
}

/** Messages, before the first await: an update that comes earlier would be refused. */
function listen(root: Root, progress: RunProgress): void {
  setHandler(progressQuery, () => answerOf(progress));
  setHandler(
    decideUpdate,
    (decision) => {
      const state = root.state as RunState;
      const decided = decidable(state, decision).map((index) => unitOf(state, index).id);
      try {
        decide(state, decision);
      } catch (error) {
        root.failure = error;
      }
      progress.status = 'running';
      root.wakes++;
      return { decided };
    },
    { validator: (decision) => void decidable(root.state, decision) },
  );
  const pause = (paused: boolean) => () => {
    root.paused = paused;
    if (paused) progress.paused = true;
    else delete progress.paused;
    root.wakes++;
  };
  setHandler(pauseUpdate, pause(true));
  setHandler(unpauseUpdate, pause(false));
}

function compile(run: string, input: Uint8Array | PipelineInput, settings: PipelineSettings): Promise<CompileOutput> {
  const { spec, ...rest } = input instanceof Uint8Array ? { spec: input } : input;
  return light.compilePipeline(spec ?? null, { run, input: rest, settings });
}

async function readTable({ digest }: CompileOutput): Promise<UnitRow[]> {
  const rows: UnitRow[] = [];
  for (let from: number | null = 0; from !== null;) {
    const page: { units: UnitRow[]; next: number | null } = await light.readUnits({ plan: digest, from });
    rows.push(...page.units);
    from = page.next;
  }
  return rows;
}

function markAgain(state: RunState, nodes: string[]): void {
  const asked = new Set(nodes);
  state.rows.forEach((row, index) => {
    if (row.nodes.some(({ id }) => asked.has(id))) state.again.add(index);
  });
}

function decodeSettings(bytes: Uint8Array): PipelineSettings {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as PipelineSettings;
  } catch (error) {
    const message = `the second input is not JSON: ${messageOf(error)}; expected settings such as {"set": {"seed": 2}}`;
    throw ApplicationFailure.nonRetryable(message, 'PipelineInvalid');
  }
}

/** Looks every wave of ready units up at once and starts what is not there, until all are over or one has failed for good. */
async function walk(root: Root, state: RunState): Promise<void> {
  const begun = state.ran.size;
  while (state.left > 0) {
    const seen = root.wakes;
    if (root.failure !== undefined) throw root.failure;
    if (isLong(root) && state.ran.size > begun) await goOn(root, state);
    const batch = admit(root, state);
    if (batch.length > 0) {
      const units = batch.map((index) => refOf(state, index));
      const found = await light.lookup({ run: state.progress.run, plan: state.compiled.digest, units, delta: dueDelta(root, state) });
      for (const each of found) takeUp(root, state, each);
      continue;
    }
    if (root.running.size === 0) await park(root, state);
    const isRecorded = state.changed.size === 0 || !(await idle(root, seen));
    if (isRecorded) await condition(() => root.wakes !== seen);
  }
}

/** Waits a while for something to do; where nothing came, what has changed is written down. */
async function idle(root: Root, seen: number): Promise<boolean> {
  if (await condition(() => root.wakes !== seen, recordEvery)) return true;
  if (root.state) await record(root, root.state);
  return false;
}

/** Ready units that may start now; none while the run is paused or a cap of its budget is reached. */
function admit(root: Root, state: RunState): number[] {
  const { progress } = state;
  const cap = cappedBy(state);
  if (cap !== null && state.ready.length > 0) progress.capped = cap;
  if (root.paused || progress.capped !== undefined) return [];
  return state.ready.splice(0, Math.min(mostLooked, mostRunning - root.running.size));
}

/** Nothing runs and nothing can start: the run waits for a decision, or fails where nobody was to be asked. */
async function park(root: Root, state: RunState): Promise<void> {
  const { progress } = state;
  if (root.paused && progress.capped === undefined && state.ready.length > 0) return record(root, state);
  if (progress.capped !== undefined && root.settings.on_failure !== 'park')
    throw ApplicationFailure.nonRetryable(`the budget is spent (${progress.capped}): raise it in the file and resume`, 'invalid');
  progress.status = 'parked';
  await record(root, state);
}

function dueDelta(root: Root, state: RunState) {
  const isSmall = state.rows.length <= mostRunning;
  if (!isSmall && Date.now() - root.recorded < recordEvery && !needsRecord(state)) return null;
  root.recorded = Date.now();
  return takeDelta(state);
}

/** A unit that reads more than a message holds finds it in the record. */
function needsRecord(state: RunState): boolean {
  return state.left <= mostRunning;
}

async function record(root: Root, state: RunState): Promise<void> {
  if (state.changed.size === 0 && state.progress.status === 'running') return;
  root.recorded = Date.now();
  await light.note(takeDelta(state));
}

function isLong({ settings: { events = mostEvents } }: Root): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength > events;
}

/** Hands everything over to a new execution; nodes that run go on and are found again by their keys. */
async function goOn(root: Root, state: RunState): Promise<never> {
  await light.note(takeDelta(state));
  await condition(allHandlersFinished);
  const input = root.input instanceof Uint8Array ? new Uint8Array() : {};
  return continueAsNew<typeof pipeline>(input, root.settings, handOver(state));
}

/** Cancels what still runs and waits until it has stopped, so that a failed or cancelled run leaves nothing behind. */
async function stop(root: Root, error: unknown): Promise<never> {
  if (error instanceof ContinueAsNew) throw error;
  CancellationScope.current().cancel();
  await CancellationScope.nonCancellable(() => Promise.allSettled(root.running.values()));
  throw error;
}

function takeUp(root: Root, state: RunState, found: UnitFound): void {
  const { index, key, results } = found;
  const reused = new Set(Object.keys(results));
  const unit = unitOf(state, index);
  mark(state, index, { key, ...(unit.started === undefined && { started: Date.now() }) });
  if (reused.size === unit.nodes.length) return settle(state, index, results, reused);
  mark(state, index, { state: 'running' });
  state.begun.add(index);
  const work = runUnit(root, state, found).finally(() => {
    root.running.delete(index);
    root.wakes++;
  });
  root.running.set(index, work);
}

async function runUnit(root: Root, state: RunState, { index, key, looked, results: there }: UnitFound): Promise<void> {
  const { digest: plan, store } = state.compiled;
  try {
    const results = await waiting.awaitNode({ run: state.progress.run, plan, unit: refOf(state, index), store, key, looked });
    settle(state, index, results, new Set(Object.keys(there)));
  } catch (error) {
    const finished = Date.now();
    if (isCancellation(error)) return mark(state, index, { state: 'cancelled', finished });
    const failure = { class: classOf(error), message: messageOf(error) };
    if (root.settings.on_failure === 'park') return mark(state, index, { state: 'parked', finished, failure });
    mark(state, index, { state: 'failed', finished, failure });
    root.failure ??= error;
  }
}

async function finish(state: RunState): Promise<RunResult> {
  const { progress } = state;
  progress.status = 'succeeded';
  progress.finished = Date.now();
  const { report, claims } = await light.finish({ delta: takeDelta(state), plan: state.compiled.digest });
  if (report !== null) progress.report = report;
  if (claims) progress.claims = claims;
  const { nodes, calls, training_steps } = progress.totals as NonNullable<RunProgress['totals']>;
  return { status: 'succeeded', run: progress.run, nodes, calls, training_steps, report, ...(claims && { claims }) };
}

function rootOf(error: unknown): Error {
  return error instanceof ActivityFailure && error.cause && !isCancellation(error) ? error.cause : (error as Error);
}

function isInvalid(error: unknown): boolean {
  const root = rootOf(error);
  return root instanceof ApplicationFailure && root.type === 'PipelineInvalid';
}

function classOf(error: unknown) {
  const root = rootOf(error);
  return failureClasses.find((each) => root instanceof ApplicationFailure && root.type === each) ?? 'job-failed';
}

function messageOf(error: unknown): string {
  return rootOf(error)?.message ?? String(error);
}
