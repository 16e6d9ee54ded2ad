import { Option, type Command } from 'commander';
import { collectCell } from '../runs/cells.ts';
import { openContext, requireStore, withCommonOptions, type CommonOptions } from '../context.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { shellWord } from '../terminal/text.ts';
import { collectText } from '../pipeline/options.ts';
import { forecast } from '../plan/read.ts';
import { prepareResumption } from '../diff/resumption.ts';
import { isFile } from '../pipeline/run-or-file.ts';
import { isOpen, isTrial, newTrialId, pickRun } from '../runs/runs.ts';
import { submitRun } from '../watch/submit.ts';
import type { ParamValues } from '../../plan/index.ts';
import { withNotes } from '../terminal/help.ts';

interface ResumeOptions extends CommonOptions {
  failed?: boolean;
  from?: string[];
  cell?: ParamValues;
  onFailure?: 'park' | 'fail';
  detach?: boolean;
}

export function define(command: Command): void {
  withNotes(withCommonOptions(command), help)
    .argument('[run]', 'the run (default: the newest that is no trial)')
    .argument('[file]', 'a pipeline file to use instead of the one of that run')
    .option('--failed', 'rerun only the steps that failed or did not finish')
    .option('--from <step>', 'rerun this step, and later steps whose inputs change; repeatable', collectText)
    .option('--cell <name=value>', 'only cells with this value; repeatable', collectCell)
    .addOption(new Option('--on-failure <what>', 'see codepmp run').choices(['park', 'fail']))
    .option('--detach', 'start the run and return at once')
    .action(resume);
}

async function resume(first: string | undefined, second: string | undefined, options: ResumeOptions): Promise<void> {
  const context = openContext(options, [second, first].find((name) => name !== undefined && isFile(name)));
  const { output } = context;
  const store = await requireStore(context);
  const isOnlyFile = second === undefined && first !== undefined && isFile(first);
  const named = isOnlyFile ? undefined : first;
  const record = await pickRun(store, named);
  if (named === undefined && isTrial(record))
    throw new CommandFailure(
      `there are trials only, and no run to resume. Start one: codepmp run ${isOnlyFile ? shellWord(first) : 'FILE'}; or name a trial: codepmp resume ${record.run}`,
    );
  const { plan, input, settings, lines, left } = await prepareResumption(
    context,
    { store, record },
    { ...options, file: isOnlyFile ? first : second },
  );
  if (isOpen(record))
    output.talk(
      `${record.run} has not ended; this starts a second run beside it. To continue the first: codepmp ${record.status === 'parked' ? 'retry --run' : 'watch'} ${record.run}`,
    );
  for (const line of lines) output.talk(line);
  if (options.failed && left.length === 0) {
    if (output.json) output.emit({ type: 'resume', run: record.run, file: input.file ?? null, left });
    output.next([[`codepmp resume ${record.run} --from STEP`, 'rerun a step']]);
    process.exitCode = exit.done;
    return;
  }
  if (settings.again === undefined) await forecast(context, plan);
  const choice = options.onFailure ? { on_failure: options.onFailure } : {};
  const again = input.spec === undefined && isTrial(record) ? { run: newTrialId(plan.name) } : {};
  process.exitCode = await submitRun(context, {
    plan,
    input,
    settings: { ...settings, ...choice },
    detach: options.detach ?? false,
    ...again,
  });
}

const help =
  'Starts a new run on the same store: finished steps, paid answers and checkpoints are reused. The pipeline is the one the earlier ' +
  'run was started from, unless a file is given; differences are shown first.\n' +
  'Exit codes: see codepmp run.';
