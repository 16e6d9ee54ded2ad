import type { Command } from 'commander';
import { createArtifacts } from '../../adapters/index.ts';
import { titleOf, type Plan, type PlanNode } from '../../plan/index.ts';
import { kindNames, kindOf } from '../../schemas/index.ts';
import { collectCell } from '../runs/cells.ts';
import { exitOf, resultOf } from '../watch/conclusion.ts';
import { openContext, requireStore, withCommonOptions, type CommonOptions, type Context } from '../context.ts';
import { CommandFailure, exit, type ExitCode } from '../terminal/failure.ts';
import type { Snapshot } from '../runs/follow.ts';
import { pickNode } from '../runs/pick-node.ts';
import { readPipeline, requirePlan } from '../pipeline/file.ts';
import { isFile } from '../pipeline/run-or-file.ts';
import { fileAndOptions, readCount, withValueOptions, type PipelineOptions } from '../pipeline/options.ts';
import { newTrialId, tally } from '../runs/runs.ts';
import { resultsOf } from '../runs/step-output.ts';
import { submitRun } from '../watch/submit.ts';
import { lastMade, readTried, type TriedItem, type TriedStep } from '../try/items.ts';
import { assertTriable, planTowards } from '../try/plan.ts';
import { troublesOf } from '../watch/troubles.ts';
import { count } from '../terminal/text.ts';
import { plainLine, plainText } from '../../text/index.ts';
import { withNotes } from '../terminal/help.ts';

interface TryOptions extends CommonOptions, Pick<PipelineOptions, 'set' | 'params' | 'cell'> {
  n: number;
}

/** Kinds that can be tried. */
const mapKinds = kindNames.filter((kind) => kindOf(kind).shape === 'map');

export function define(command: Command): void {
  withNotes(withValueOptions(withCommonOptions(command)), help)
    .argument('<step>', `an item-wise step (${mapKinds.join(', ')})`)
    .argument('<file>', 'the pipeline file (- reads standard input)')
    .option('--cell <name=value>', 'only cells with this value; repeatable', collectCell)
    .option('-n <items>', 'how many items of the source', readCount, 3)
    .action(tryStep);
}

async function tryStep(address: string, path: string, options: TryOptions): Promise<void> {
  assertOrder(address, path);
  const context = openContext(options, path);
  const pipeline = readPipeline(context, path, { ...options, sample: options.n });
  const whole = requirePlan(context, pipeline);
  const node = pickNode(whole, { address, values: options.cell ?? {} });
  assertTriable(whole, node);
  const plan = planTowards(context, whole, node);
  const run = newTrialId(plan.name);
  const { cell: _, ...values } = options;
  const conclude = ({ progress, titles }: Snapshot): Promise<ExitCode> =>
    tellTrial(context, { node, plan, progress, titles, asked: fileAndOptions(path, values), most: options.n });
  process.exitCode = await submitRun(context, {
    plan,
    run,
    input: { file: pipeline.file },
    settings: { on_failure: 'fail' },
    detach: false,
    conclude,
  });
}

/** Ends the command for a file and a step in each other's place. */
function assertOrder(address: string, path: string): void {
  if (isFile(path) || !isFile(address)) return;
  throw new CommandFailure(`${path} is no file. The step comes before the file: codepmp try ${path} ${address}`, exit.usage);
}

interface Trial extends Pick<Snapshot, 'progress' | 'titles'> {
  node: PlanNode;
  plan: Plan;
  /** The file and the options, as written on a command line. */
  asked: string;
  most: number;
}

/** Shows the items the step made; if it failed, the items of the last step that made any, and the error. */
async function tellTrial(context: Context, { node, plan, progress, titles, asked, most }: Trial): Promise<ExitCode> {
  const { output } = context;
  const store = await requireStore(context);
  const sources = {
    store,
    artifacts: createArtifacts(store),
    plan,
    results: await resultsOf(store, plan, progress),
    units: progress.units,
  };
  const shown = progress.status === 'succeeded' ? node : await lastMade(node, sources);
  const tried = await readTried(shown, most, sources);
  const { calls } = tally(progress);
  if (output.json) {
    output.emit(resultOf(progress));
    output.emit({ type: 'tried', run: progress.run, step: shown.id, ...tried, calls });
    return exitOf(progress);
  }
  output.talk('');
  tried.items.forEach((item, index) => output.data(`${index === 0 ? '' : '\n'}${itemLines(item, index + 1).join('\n')}`));
  output.talk(`\n${titleOf(shown)}: ${summaryOfTrial(tried, progress.status === 'succeeded' ? calls : null)}`);
  for (const text of troublesOf(progress, titles, output.paint)) output.talk(`\n${text}`);
  const again: [string, string] =
    progress.status === 'succeeded'
      ? [`codepmp run ${asked}`, 'run the whole pipeline; it reuses these answers']
      : [`codepmp try ${node.step} ${asked} -n ${most}`, 'try again; paid answers are reused'];
  output.next([again, [`codepmp rm ${progress.run}`, 'delete this trial; its answers stay']]);
  return exitOf(progress);
}

/** What was made and what it cost; for a failed trial the number of calls is unknown and left out. */
function summaryOfTrial({ items, tokens, answers }: TriedStep, calls: { [endpoint: string]: number } | null): string {
  const made = items.length === 0 ? 'nothing was made of these items' : count(items.length, 'item');
  const used =
    tokens === null ? '' : `, ${tokens.prompt.toLocaleString('en')} tokens sent and ${tokens.completion.toLocaleString('en')} received`;
  const rests = answers === 0 ? '' : `${count(answers, 'answer')}${used}`;
  if (calls === null) return [made, rests].filter((part) => part !== '').join('; ');
  const paid = Object.values(calls).reduce((sum, number) => sum + number, 0);
  return `${made}; ${paid === 0 ? 'nothing paid' : `${count(paid, 'call')} paid`}${rests === '' ? '' : ` (${rests})`}`;
}

/** How many lines of a text are shown. */
const mostLines = 30;

function itemLines({ name, status, texts, tokens }: TriedItem, number: number): string[] {
  const facts = [plainLine(name), status, tokens === null ? '' : count(tokens.completion, 'token')].filter((each) => each !== '');
  const blocks = Object.entries(texts).flatMap(([what, text]) => {
    const lines = plainText(text).trimEnd().split('\n');
    const rest = lines.length > mostLines ? [`    … ${count(lines.length - mostLines, 'more line')}; --json has all`] : [];
    return [`${what}:`, ...lines.slice(0, mostLines).map((line) => `    ${line}`), ...rest];
  });
  return [`── ${number} ── ${facts.join(', ')}`, ...blocks];
}

const help =
  'Runs the step, and the steps it needs, on a few items with the real endpoints, and prints inputs and outputs. Answers are paid ' +
  'for once: a later run or try takes them from the store.';
