import type { Command } from 'commander';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openContext, requireStore, withCommonOptions } from '../context.ts';
import type { CommonOptions } from '../context.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { pickRun } from '../runs/runs.ts';
import { reportFolder } from '../../records/names.ts';

export function define(command: Command): void {
  withCommonOptions(command)
    .argument('[run]', 'the run (default: the newest)')
    .addHelpText('after', '\nPrints the report as Markdown, or as JSON with --json. HTML, LaTeX and CSV are in the\nfolder it prints.')
    .action(printReport);
}

async function printReport(name: string | undefined, options: CommonOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const store = await requireStore(context);
  const { run, report, status, claims } = await pickRun(store, name);
  const page = join(reportFolder(store, run), 'claims.md');
  if ((report === undefined || !existsSync(report)) && claims && existsSync(page))
    return output.json ? output.emit({ claims }) : output.data(readFileSync(page, 'utf8').trimEnd());
  if (report === undefined || !existsSync(report)) {
    const why = status === 'succeeded' ? 'its pipeline has no report step' : `it is ${status}`;
    throw new CommandFailure(`${run} has no report: ${why}. See codepmp status ${run}`);
  }
  const folder = dirname(report);
  output.data(readFileSync(join(folder, output.json ? 'report.json' : 'report.md'), 'utf8').trimEnd());
  output.talk(`\nWith figures, for a browser: ${report}`);
}
