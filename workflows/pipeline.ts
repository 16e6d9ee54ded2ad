import { ActivityFailure, ApplicationFailure, CancellationScope, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import { failureClasses } from '../plan/index.ts';
import type { PipelineInput, PipelineSettings, RunProgress, RunResult, Unit, UnitFound } from '../plan/index.ts';
import { light, waiting } from './activities.ts';
import { progressQuery } from './messages.ts';
import { allDone, entryOf, openRun, readyUnits, settle, unitInput } from './run-state.ts';
import type { RunState } from './run-state.ts';

/** Units that were started and have not ended, by id. */
type Running = Map<string, Promise<void>>;

/**
 * The workflow a user starts: compiles the file, then starts every unit of the plan as soon as its inputs are there.
 * Takes YAML as bytes, or `PipelineInput`; a second argument carries settings, as an object or as JSON bytes.
 */
export async function pipeline(input: Uint8Array | PipelineInput, settings?: Uint8Array | PipelineSettings): Promise<RunResult> {
  const progress: RunProgress = {
    run: workflowInfo().workflowId,
    name: '',
    status: 'running',
    started: Date.now(),
    units: [],
  };
  setHandler(progressQuery, () => progress);
  try {
    const { plan, digest, store } = await compile(progress.run, input, settings);
    progress.name = plan.name;
    const state = openRun(progress, plan, digest);
    const running: Running = new Map();
    await CancellationScope.cancellable(() => walk(state, store, running).catch((error) => stop(running, error)));
    return await finish(state);
  } catch (error) {
    progress.status = isCancellation(error) ? 'cancelled' : 'failed';
    progress.message = messageOf(error);
    progress.finished = Date.now();
    await CancellationScope.nonCancellable(() => light.finish({ progress, report: null }));
    if (isCancellation(error) || isInvalid(error)) throw rootOf(error);
    throw ApplicationFailure.nonRetryable(progress.message, 'PipelineFailed', progress.units.filter((unit) => unit.failure));
  }
}

function compile(run: string, input: Uint8Array | PipelineInput, settings?: Uint8Array | PipelineSettings) {
  const { spec, ...rest } = input instanceof Uint8Array ? { spec: input } : input;
  const options = settings instanceof Uint8Array ? decodeSettings(settings) : (settings ?? {});
  return light.compilePipeline(spec ?? null, { run, input: rest, settings: options });
}

function decodeSettings(bytes: Uint8Array): PipelineSettings {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as PipelineSettings;
  } catch (error) {
    const message = `the second input is not JSON: ${messageOf(error)}; expected settings such as {"set": {"seed": 2}}`;
    throw ApplicationFailure.nonRetryable(message, 'PipelineInvalid');
  }
}

/** Looks every wave of ready units up at once and starts what is not there; the first failure ends the walk. */
async function walk(state: RunState, store: string, running: Running): Promise<void> {
  while (!allDone(state)) {
    const ready = readyUnits(state);
    if (ready.length > 0) {
      const inputs = ready.map((unit) => unitInput(state, unit));
      const found = await light.lookup({ units: inputs, progress: state.progress });
      for (const unit of ready) takeUp(state, unit, foundOf(found, unit), store, running);
      continue;
    }
    await Promise.race(running.values());
  }
}

/** Cancels what still runs and waits until it has stopped, so that a failed or cancelled run leaves nothing behind. */
async function stop(running: Running, error: unknown): Promise<never> {
  CancellationScope.current().cancel();
  await CancellationScope.nonCancellable(() => Promise.allSettled(running.values()));
  throw error;
}

function takeUp(state: RunState, unit: Unit, found: UnitFound, store: string, running: Running): void {
  const reused = new Set(Object.keys(found.results));
  const entry = entryOf(state, unit.id);
  entry.key = found.key;
  entry.started = Date.now();
  if (reused.size === unit.nodes.length) return settle(state, unit, found.results, reused, Date.now());
  entry.state = 'running';
  const work = runUnit(state, unit, found, store, reused).finally(() => running.delete(unit.id));
  work.catch(() => {});
  running.set(unit.id, work);
}

async function runUnit(state: RunState, unit: Unit, found: UnitFound, store: string, reused: Set<string>): Promise<void> {
  try {
    const { key, parts } = found;
    const results = await waiting.awaitNode({
      workflow: unit.group ? 'group' : 'job',
      workflowId: `${store}/${key}`,
      input: { unit: unitInput(state, unit), key, parts },
    });
    settle(state, unit, results, reused, Date.now());
  } catch (error) {
    const entry = entryOf(state, unit.id);
    entry.finished = Date.now();
    entry.state = isCancellation(error) ? 'cancelled' : 'failed';
    if (entry.state === 'failed') entry.failure = { class: classOf(error), message: messageOf(error) };
    throw error;
  }
}

async function finish(state: RunState): Promise<RunResult> {
  const { progress, nodes, calls, trainingSteps } = state;
  progress.status = 'succeeded';
  progress.finished = Date.now();
  const reports = state.units.flatMap((unit) => unit.nodes).filter((node) => node.kind === 'report');
  const digest = reports.map((node) => state.outputs[node.id]?.['out']).at(-1) ?? null;
  const { report } = await light.finish({ progress, report: digest });
  if (report !== null) progress.report = report;
  return { status: 'succeeded', run: progress.run, nodes, calls, training_steps: trainingSteps, report };
}

function foundOf(found: UnitFound[], unit: Unit): UnitFound {
  const entry = found.find((each) => each.id === unit.id);
  if (!entry) throw new Error(`lookup left out ${unit.id}`);
  return entry;
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
