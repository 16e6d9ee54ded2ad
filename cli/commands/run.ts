import { Option, type Command } from 'commander';
import { openContext, withCommonOptions, type CommonOptions, type Context } from '../context.ts';
import { nodesCalled } from '../diff/resumption.ts';
import { collectText, withPipelineOptions, type PipelineOptions } from '../pipeline/options.ts';
import { changedSince, type PlanFile } from '../plan/plan-file.ts';
import { forecast, readPlanned } from '../plan/read.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { submitRun } from '../watch/submit.ts';
import type { Plan } from '../../plan/index.ts';
import { kindOf } from '../../schemas/index.ts';
import { withNotes } from '../terminal/help.ts';
import { messageOfError } from '../../ports/failure.ts';

export interface RunOptions extends CommonOptions, PipelineOptions {
  detach?: boolean;
  onFailure?: 'park' | 'fail';
  refresh?: string[];
}

export function define(command: Command): void {
  withNotes(withPipelineOptions(withCommonOptions(command)), help)
    .argument('<file>', 'the pipeline file (- reads standard input), or a plan saved by codepmp plan --out')
    .option('--refresh <step>', 'search again for a step that keeps what its first search found; repeatable', collectText)
    .option('--detach', 'start the run and return at once')
    .addOption(
      new Option(
        '--on-failure <what>',
        'if a step fails for good: park it, continue with the rest and wait for a decision, or fail the run (default: park at a terminal, else fail)',
      ).choices(['park', 'fail']),
    )
    .action(runFile);
}

/** Checks the file, starts a run and watches it until it ends. */
export async function runFile(path: string, options: RunOptions): Promise<void> {
  const context = openContext(options, path);
  try {
    const { plan, pipeline, kept } = readPlanned(context, path, { ...options, toRun: true });
    if (kept) announce(context, path, kept);
    await forecast(context, plan);
    const choice = options.onFailure ? { on_failure: options.onFailure } : {};
    const again = refreshedNodes(plan, options.refresh ?? []);
    const settings = { ...pipeline?.settings, ...choice, ...(again.length > 0 && { again }) };
    const input = pipeline?.input ?? { file: path };
    process.exitCode = await submitRun(context, { plan, input, settings, detach: options.detach ?? false });
  } catch (error) {
    if (context.output.json) context.output.emit(notStarted(error));
    throw error;
  }
}

/** Ids of the nodes of steps that are to search again. */
function refreshedNodes(plan: Plan, steps: string[]): string[] {
  return steps.flatMap((step) => {
    const nodes = nodesCalled(plan, step);
    if (!nodes.some(({ kind }) => kindOf(kind).pinned))
      throw new CommandFailure(`--refresh ${step}: the step does not search. To run it again: codepmp resume --from ${step}`, exit.usage);
    return nodes.map(({ id }) => id);
  });
}

/** Warns when files that a saved plan was made from have changed. */
function announce(context: Context, path: string, kept: PlanFile): void {
  const changed = changedSince(context, kept);
  if (changed.length === 0) return;
  const { paint, talk } = context.output;
  talk(
    paint.yellow(`${changed.join(', ')} ${changed.length === 1 ? 'has' : 'have'} changed since ${path} was made; running the saved plan`),
  );
}

function notStarted(error: unknown): object {
  const nothing = { nodes: { total: 0, ran: 0, reused: 0, skipped: 0 }, calls: {}, training_steps: 0, report: null };
  return { type: 'result', status: 'failed', run: null, ...nothing, message: messageOfError(error) };
}

const help =
  "If no Temporal server is configured (TEMPORAL_ADDRESS, Temporal's own configuration file, or temporal: in codepmp.config.yaml), " +
  'codepmp starts an embedded server and worker, or uses those already running. Ctrl-C detaches; the run continues.\n' +
  'Exit codes: 0 succeeded, 1 problems in the file or the run failed, 3 cancelled, 4 cannot connect, 5 a claim does not hold, 6 ' +
  'parked: waiting for a decision, 130 detached.';
