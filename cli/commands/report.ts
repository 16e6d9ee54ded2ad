import type { Command } from 'commander';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openContext, requireStore, withCommonOptions } from '../context.ts';
import type { CommonOptions } from '../context.ts';
import type { RunProgress } from '../../plan/index.ts';
import type { Store } from '../../ports/store.ts';
import { reportFolder } from '../../records/names.ts';
import type { ViewFormat } from '../../report/index.ts';
import type { ReportDocument } from '../../schemas/index.ts';
import { reportInputNow } from '../runs/live-report.ts';
import { pickRun, planOfRun } from '../runs/runs.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { suggestion } from '../terminal/suggestion.ts';

interface ReportOptions extends CommonOptions {
  view?: string;
  format?: string;
}

const formats = ['markdown', 'latex', 'csv', 'json', 'html', 'svg', 'pdf'] as const satisfies readonly ViewFormat[];

export function define(command: Command): void {
  withCommonOptions(command)
    .argument('[runs...]', 'the runs (default: the newest)')
    .option('--view <name>', 'print one table or figure of the report')
    .option('--format <format>', `of that view: ${formats.join(', ')} (default: markdown)`)
    .addHelpText(
      'after',
      '\nPrints the report as Markdown, or as JSON with --json. HTML, LaTeX, CSV and figures are in the\nfolder it prints. While the run is in progress, the report shows the results so far.',
    )
    .action(printReports);
}

async function printReports(names: string[], options: ReportOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const store = await requireStore(context);
  const runs = names.length === 0 ? [undefined] : names;
  for (const name of runs) {
    const record = await pickRun(store, name);
    if (runs.length > 1) output.talk(`${record.run}:`);
    if (options.view === undefined) await printReport(store, record, output);
    else await printView(store, record, { output, view: options.view, format: formatOf(options) });
  }
}

function formatOf({ format, json }: ReportOptions): ViewFormat {
  const asked = format ?? (json ? 'json' : 'markdown');
  const found = formats.find((each) => each === asked);
  if (!found) throw new CommandFailure(`--format ${asked}: one of ${formats.join(', ')} expected`, exit.usage);
  return found;
}

/** The report that the run has left, or what it would show now. */
async function printReport(store: Store, record: RunProgress, output: Output): Promise<void> {
  const { run, report, claims } = record;
  const page = join(reportFolder(store, run), 'claims.md');
  if (report !== undefined && existsSync(report)) {
    output.data(readFileSync(join(dirname(report), output.json ? 'report.json' : 'report.md'), 'utf8').trimEnd());
    return output.talk(`\nWith figures, for a browser: ${report}`);
  }
  if (claims && existsSync(page)) return output.json ? output.emit({ claims }) : output.data(readFileSync(page, 'utf8').trimEnd());
  const input = await inputNow(store, record);
  const { renderReport } = await import('../../report/index.ts');
  const { files } = await renderReport(input);
  const text = files.find(({ name }) => name === (output.json ? 'report.json' : 'report.md'))?.content;
  output.data(String(text).trimEnd());
  output.talk(`\n${run} is ${record.status}: this is the report so far.`);
}

async function printView(
  store: Store,
  record: RunProgress,
  { output, view, format }: { output: Output; view: string; format: ViewFormat },
): Promise<void> {
  const { buildDocument, renderView, viewNames } = await import('../../report/index.ts');
  const { run, report } = record;
  const saved = report === undefined ? null : join(dirname(report), 'report.json');
  const document =
    saved !== null && existsSync(saved)
      ? (JSON.parse(readFileSync(saved, 'utf8')) as ReportDocument)
      : buildDocument(await inputNow(store, record));
  const names = viewNames(document);
  if (!names.includes(view)) {
    const why = names.length === 0 ? 'Its report has none' : suggestion(view, names);
    throw new CommandFailure(`${run} has no view ${view}. ${why}`);
  }
  const rendered = await renderView(document, view, format);
  if (rendered === null) throw new CommandFailure(`${view} is a table: choose ${formats.slice(0, 5).join(', ')} in place of ${format}`);
  if (typeof rendered === 'string') output.data(rendered.trimEnd());
  else process.stdout.write(rendered);
}

async function inputNow(store: Store, record: RunProgress) {
  const plan = await planOfRun(store, record);
  const input = plan && (await reportInputNow(store, record, plan));
  if (input) return input;
  const why = plan ? 'its pipeline has no report step' : 'it has no plan';
  throw new CommandFailure(`${record.run} has no report: ${why}. See codepmp status ${record.run}`);
}
