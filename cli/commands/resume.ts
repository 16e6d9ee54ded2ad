import { Option } from 'commander';
import type { Command } from 'commander';
import { collectCell } from '../runs/cells.ts';
import { openContext, requireStore, withCommonOptions } from '../context.ts';
import type { CommonOptions } from '../context.ts';
import { exit } from '../terminal/failure.ts';
import { collectText } from '../pipeline/options.ts';
import { runLine } from '../plan/lines.ts';
import { lookAhead } from '../plan/read.ts';
import { prepareResumption } from '../diff/resumption.ts';
import { isFile } from '../pipeline/run-or-file.ts';
import { isOpen, pickRun } from '../runs/runs.ts';
import { submit } from '../watch/submit.ts';
import type { ParamValues } from '../../plan/index.ts';

interface ResumeOptions extends CommonOptions {
  failed?: boolean;
  from?: string[];
  cell?: ParamValues;
  onFailure?: 'park' | 'fail';
  detach?: boolean;
}

export function define(command: Command): void {
  withCommonOptions(command)
    .argument('[run]', 'the run (default: the newest)')
    .argument('[file]', 'its pipeline as it is now (default: as it was in the run)')
    .option('--failed', 'what failed or was never finished, and nothing else')
    .option('--from <step>', 'do this step once more, and what follows where it reads something new; may be repeated', collectText)
    .option('--cell <name=value>', 'only cells with this value; may be repeated', collectCell)
    .addOption(new Option('--on-failure <what>', 'as for run').choices(['park', 'fail']))
    .option('--detach', 'start it and leave it alone')
    .addHelpText('after', help)
    .action(resume);
}

async function resume(first: string | undefined, second: string | undefined, options: ResumeOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const store = await requireStore(context);
  const isOnlyFile = second === undefined && first !== undefined && isFile(first);
  const record = await pickRun(store, isOnlyFile ? undefined : first);
  const { plan, input, settings, lines, left } = await prepareResumption(context, { store, record }, { ...options, file: isOnlyFile ? first : second });
  if (isOpen(record)) output.talk(`${record.run} is not over (codepmp ${record.status === 'parked' ? 'retry' : 'watch'} ${record.run}); this is another run beside it`);
  for (const line of lines) output.talk(line);
  if (options.failed && left.length === 0) {
    if (output.json) output.emit({ type: 'resume', run: record.run, file: input.file ?? null, left });
    output.next([[`codepmp resume ${record.run} --from STEP`, 'do a step once more']]);
    process.exitCode = exit.done;
    return;
  }
  if (settings.again === undefined && plan.nodes.length <= mostForeseen) output.talk(runLine((await lookAhead(context, plan)).summary));
  const choice = options.onFailure ? { on_failure: options.onFailure } : {};
  process.exitCode = await submit(context, { name: plan.name, input, settings: { ...settings, ...choice }, detach: options.detach ?? false });
}

/** Looking ahead for more nodes than these would make people wait. */
const mostForeseen = 5000;

const help = `
A new run over the same store: finished steps, paid answers and checkpoints are
reused. Where the pipeline has changed since, the difference is shown first;
without a file named here, the run takes it as it was. Exit codes: those of run.`;
