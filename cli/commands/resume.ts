import type { Command } from 'commander';
import { openContext, requireStore, withCommonOptions } from '../context.ts';
import type { CommonOptions } from '../context.ts';
import { CommandFailure } from '../failure.ts';
import { pickRun, readPlan, readSubmission } from '../runs.ts';
import { submit } from '../submit.ts';

export function define(command: Command): void {
  withCommonOptions(command)
    .argument('[run]', 'the run (default: the newest)')
    .option('--detach', 'start it and leave it alone')
    .addHelpText('after', '\nA new run of the very file that run was started from; finished steps, answers and checkpoints are reused.')
    .action(resume);
}

async function resume(name: string | undefined, options: CommonOptions & { detach?: boolean }): Promise<void> {
  const context = openContext(options);
  const store = await requireStore(context);
  const record = await pickRun(store, name);
  const submission = await readSubmission(store, record.run);
  if (!submission) throw new CommandFailure(`${record.run} ended before its file was compiled; there is nothing to resume. Run the file: codepmp run FILE`);
  const { file, spec, files, set, sweeps, cell, sample } = submission;
  const plan = spec === null ? await readPlan(store, submission) : null;
  const input = spec === null ? { ...(plan ? { plan } : {}), file } : { spec, set, file, ...(files && { files }) };
  context.output.talk(`${file} as it was in ${record.run}`);
  process.exitCode = await submit(context, { name: record.name, input, settings: { ...(sweeps && { sweeps }), ...(cell && { cell }), ...(sample && { sample }) }, detach: options.detach ?? false });
}
