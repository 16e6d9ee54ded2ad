import { ApplicationFailure, CancellationScope, ContinueAsNew, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import type { CompileOutput, PipelineInput, PipelineSettings, RunDelta, RunProgress, RunResult, UnitRow } from '../plan/index.ts';
import { light } from './activities.ts';
import { assertDecides, decidable, decide } from './decisions.ts';
import { messageOf, rootOf } from './failure.ts';
import { takeOver, type HandOver } from './hand-over.ts';
import { decideUpdate, pauseUpdate, progressQuery, unpauseUpdate } from './messages.ts';
import { answerOf, openRun, takeDelta, unitOf, type RunState } from './run-state.ts';
import { tellOfPause } from './pausing.ts';
import { stopRun, walk, type Root } from './walk.ts';

/**
 * The workflow a user starts: compiles the file, then starts every unit of the plan as soon as its inputs exist. Takes YAML as bytes, or
 * `PipelineInput`; a second argument has the settings, as an object or as JSON bytes. A long run continues as a new execution, which
 * gets the state that the previous one hands over.
 */
export async function pipeline(
  input: Uint8Array | PipelineInput,
  settings?: Uint8Array | PipelineSettings,
  before?: HandOver,
): Promise<RunResult> {
  const progress: RunProgress = {
    run: workflowInfo().workflowId,
    name: '',
    status: 'running',
    started: Date.now(),
    ...before?.progress,
    units: [],
  };
  const wasPaused = progress.paused === true;
  const root: Root = { state: null, wakes: 0, running: new Map(), recorded: 0, settings: {}, input, wasPaused };
  listen(root, progress);
  try {
    root.settings = settings instanceof Uint8Array ? decodeSettings(settings) : (settings ?? {});
    const compiled = before?.compiled ?? (await compile(progress, input, root.settings));
    const state = openRun(progress, compiled, await readPlanTable(compiled));
    markAgain(state, root.settings.again ?? []);
    if (before) takeOver(state, before);
    root.state = state;
    await CancellationScope.cancellable(() => walk(root, state).catch((error) => stopRun(root, error)));
    return await finish(state);
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    progress.status = isCancellation(error) ? 'cancelled' : 'failed';
    progress.message = messageOf(error);
    progress.finished = Date.now();
    const { units, ...head } = progress;
    await CancellationScope.nonCancellable(async () =>
      light.finish({ delta: root.state ? await lastDelta(root.state) : { head, changed: [] }, plan: null }),
    );
    if (isCancellation(error) || isInvalid(error)) throw rootOf(error);
    throw ApplicationFailure.nonRetryable(progress.message, 'PipelineFailed', units.filter((unit) => unit.failure).slice(0, 20));
  }
}

/** Registers the handlers of messages, before the first await: an update that arrives earlier would be refused. */
function listen(root: Root, progress: RunProgress): void {
  setHandler(progressQuery, () => answerOf(progress));
  setHandler(
    decideUpdate,
    (decision) => {
      const state = root.state as RunState;
      let decided = decidable(state, decision).map((index) => unitOf(state, index).id);
      try {
        decided = decide(state, decision);
      } catch (error) {
        root.failure = error;
      }
      progress.status = 'running';
      root.wakes++;
      return { decided };
    },
    { validator: (decision) => assertDecides(root.state, decision) },
  );
  const pause = (paused: boolean) => () => {
    if (paused) progress.paused = true;
    else delete progress.paused;
    root.wakes++;
    for (const index of root.running.keys()) tellOfPause(root, index);
  };
  setHandler(pauseUpdate, pause(true));
  setHandler(unpauseUpdate, pause(false));
}

function compile({ run, started }: RunProgress, input: Uint8Array | PipelineInput, settings: PipelineSettings): Promise<CompileOutput> {
  if (typeof input !== 'object' || input === null)
    throw ApplicationFailure.nonRetryable(
      'the first input is no mapping; expected the YAML as bytes, or JSON such as {"spec": "codepmp: 1…"}',
      'PipelineInvalid',
    );
  const { spec, ...rest } = input instanceof Uint8Array ? { spec: input } : input;
  return light.compilePipeline(spec ?? null, { run, started, input: rest, settings });
}

async function readPlanTable({ digest }: CompileOutput): Promise<UnitRow[]> {
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
    const again = row.nodes.map(({ id }) => id).filter((id) => asked.has(id));
    if (again.length > 0) state.again.set(index, again);
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

/** Finishes a run. Its status becomes `succeeded` only when the record has its report and its claims. */
async function finish(state: RunState): Promise<RunResult> {
  const { progress } = state;
  const { head, changed } = await lastDelta(state);
  const ended = { status: 'succeeded', finished: Date.now() } as const;
  const { report, claims } = await light.finish({ delta: { head: { ...head, ...ended }, changed }, plan: state.compiled.digest });
  Object.assign(progress, ended, report !== null && { report });
  const { nodes, calls, training_steps } = progress.totals;
  return { status: 'succeeded', run: progress.run, nodes, calls, training_steps, report, ...(claims && { claims }) };
}

/** Records changes until the rest fits one message, which it returns. */
async function lastDelta(state: RunState): Promise<RunDelta> {
  for (let delta = takeDelta(state); ; delta = takeDelta(state)) {
    if (state.changed.size === 0) return delta;
    await light.note(delta);
  }
}

function isInvalid(error: unknown): boolean {
  const root = rootOf(error);
  return root instanceof ApplicationFailure && root.type === 'PipelineInvalid';
}
