import type { Command } from 'commander';
import pc from 'picocolors';
import type { Plan } from '../../plan/index.ts';
import { openContext, withCommonOptions, type CommonOptions, type Context } from '../context.ts';
import { withNotes } from '../terminal/help.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import type { Outlook } from '../plan/reuse.ts';
import { usesColor } from '../terminal/output.ts';
import { fileAndOptions, withPipelineOptions, type PipelineOptions } from '../pipeline/options.ts';
import { writePlanFile } from '../plan/plan-file.ts';
import {
  basisLines,
  budgetLine,
  claimsLine,
  costLines,
  headLine,
  historyLine,
  legend,
  nodeLines,
  savingLine,
  stepLines,
} from '../plan/lines.ts';
import type { PlanSummary } from '../plan/summary.ts';
import { lookAhead, readPlanned } from '../plan/read.ts';
import { shellWord, textColumns } from '../terminal/text.ts';
import { wrap } from '../../text/index.ts';

interface PlanOptions extends CommonOptions, PipelineOptions {
  out?: string;
  nodes?: boolean;
  detailedExitcode?: boolean;
}

/** A plan with more nodes is shown with one line per step. */
const mostNodes = 40;

export function define(command: Command): void {
  withNotes(withPipelineOptions(withCommonOptions(command)), help)
    .argument('<file>', 'the pipeline file (- reads standard input), or a saved plan')
    .option('--nodes', `one line per node, however many there are (default up to ${mostNodes})`)
    .option('--out <plan.json>', 'save the plan; codepmp run plan.json then runs exactly this plan')
    .option('--detailed-exitcode', 'exit with 10 if any step would run, 0 if everything is reused')
    .action(planFile);
}

async function planFile(path: string, options: PlanOptions): Promise<void> {
  const context = openContext(options, path);
  const { output } = context;
  const { plan, pipeline } = readPlanned(context, path, options);
  if (options.out !== undefined && !pipeline)
    throw new CommandFailure(`${path} is already a saved plan; --out saves the plan of a pipeline file`, exit.usage);
  const { summary, outlookOf } = await lookAhead(context, plan);
  if (options.out !== undefined && pipeline) writePlanFile(context, options.out, { pipeline, plan });
  if (output.json)
    output.emit({
      ...summary,
      nodes: plan.nodes.map(({ id, step, label, kind, key }) => ({ id, step, label, kind, key, outlook: outlookOf(id) })),
    });
  else print(context, { summary, plan, outlookOf, nodes: options.nodes ?? false });
  if (options.detailedExitcode && summary.totals.to_run > 0) process.exitCode = exit.pending;
  output.next([
    [
      `codepmp run ${options.out === undefined ? fileAndOptions(path, options) : shellWord(options.out)}`,
      options.out === undefined ? 'run it' : 'run exactly this plan',
    ],
  ]);
}

interface Printed {
  summary: PlanSummary;
  plan: Plan;
  outlookOf: (node: string) => Outlook;
  nodes: boolean;
}

function print({ output }: Context, { summary, plan, outlookOf, nodes }: Printed): void {
  const paint = pc.createColors(usesColor(process.stdout));
  const columns = process.stdout.isTTY ? Math.max(40, process.stdout.columns) : textColumns;
  const isLong = summary.totals.nodes > mostNodes && !nodes;
  const notes = [...basisLines(summary), historyLine(summary), budgetLine(summary), claimsLine(summary)].filter((line) => line !== null);
  const blocks = [
    [
      paint.bold(summary.name),
      ...wrap(headLine(summary), columns, { hang: 2 }),
      ...wrap(savingLine(summary) ?? '', columns, { hang: 2 }).filter((line) => line !== ''),
    ],
    (isLong ? stepLines(summary, columns) : nodeLines(plan, outlookOf, columns)).map((line) => withColor(line, paint)),
    [legend(summary.totals)],
    costLines(summary, columns),
    notes.flatMap((line) => wrap(`  ${line}`, columns, { hang: 2 })),
  ].map((block) => block.filter((line) => line !== null));
  output.data(blocks.filter((block) => block.length > 0).map((block) => block.join('\n')).join('\n\n'));
}

/** Colours the mark at the start of a line. */
function withColor(line: string, paint: ReturnType<typeof pc.createColors>): string {
  const mark = line[2] ?? '';
  const color = mark === '+' ? paint.green : mark === '~' ? paint.yellow : paint.dim;
  return `  ${color(mark)}${line.slice(3)}`;
}

const help =
  'Exit codes: 0 planned, 1 problems in the file, 10 (with --detailed-exitcode) some step would run.';
