import type { Command } from 'commander';
import { createArtifacts } from '../../adapters/index.ts';
import { titleOf } from '../../plan/index.ts';
import type { PlanNode } from '../../plan/index.ts';
import { collectCell } from '../cell-selector.ts';
import { openContext, requireStore, withCommonOptions } from '../context.ts';
import type { CommonOptions, Context } from '../context.ts';
import { exit } from '../failure.ts';
import { pickNode } from '../pick-node.ts';
import { readPipeline, requirePlan, withValueOptions } from '../pipeline-file.ts';
import { readItems } from '../pipeline-options.ts';
import type { PipelineOptions } from '../pipeline-options.ts';
import { newRunId, readRun, tally } from '../runs.ts';
import { resultsOf } from '../step-output.ts';
import { submit } from '../submit.ts';
import { readTried } from '../try-items.ts';
import type { TriedItem, TriedStep } from '../try-items.ts';
import { assertTriable, planTowards } from '../try-plan.ts';
import { count, plain } from '../words.ts';

interface TryOptions extends CommonOptions, Pick<PipelineOptions, 'set' | 'params' | 'cell'> {
  n: number;
}

export function define(command: Command): void {
  withValueOptions(withCommonOptions(command))
    .argument('<step>', 'a step that treats one item after the other: summarize, clip, respond, pair, candidates')
    .argument('<file>', 'the pipeline')
    .option('--cell <name=value>', 'only cells with this value; may be repeated', collectCell)
    .option('-n <items>', 'how many items of its source', readItems, 3)
    .addHelpText('after', help)
    .action(tryStep);
}

async function tryStep(address: string, path: string, options: TryOptions): Promise<void> {
  const context = openContext(options);
  const pipeline = readPipeline(context, path, { ...options, sample: options.n });
  const whole = requirePlan(context, pipeline);
  const node = pickNode(whole, { address, values: options.cell ?? {} });
  assertTriable(whole, node);
  const plan = planTowards(context, whole, node);
  const run = newRunId(`${plan.name}-try`);
  const code = await submit(context, { name: plan.name, run, input: { plan, file: pipeline.file }, settings: { on_failure: 'fail' }, detach: false });
  process.exitCode = code;
  if (code !== exit.done) return;
  const store = await requireStore(context);
  const record = await readRun(store, run);
  const results = await resultsOf(store, plan, record ?? { units: [] });
  const tried = await readTried(node, options.n, { store, artifacts: createArtifacts(store), plan, results });
  const { calls } = record ? tally(record) : { calls: {} };
  if (context.output.json) return context.output.emit({ type: 'tried', run, step: node.id, ...tried, calls });
  show(context, tried, { node, calls, path, run });
}

function show({ output }: Context, { items, tokens, answers }: TriedStep, { node, calls, path, run }: { node: PlanNode; calls: { [endpoint: string]: number }; path: string; run: string }): void {
  output.talk('');
  items.forEach((item, index) => output.data(`${index === 0 ? '' : '\n'}${itemLines(item, index + 1).join('\n')}`));
  const paid = Object.values(calls).reduce((sum, number) => sum + number, 0);
  const used = tokens === null ? '' : `, ${tokens.prompt.toLocaleString('en')} tokens sent and ${tokens.completion.toLocaleString('en')} received`;
  output.talk(`\n${titleOf(node)}: ${items.length === 0 ? 'nothing was made of these items' : count(items.length, 'item')}; ${paid === 0 ? 'nothing paid' : `${count(paid, 'call')} paid`}${answers === 0 ? '' : ` (${count(answers, 'answer')}${used})`}`);
  output.next([[`codepmp run ${path}`, 'the whole; it reuses these answers'], [`codepmp rm ${run}`, 'forget this trial; its answers stay']]);
}

/** Lines of a text that are shown. */
const mostLines = 30;

function itemLines({ name, status, texts, tokens }: TriedItem, number: number): string[] {
  const facts = [plain(name), status, tokens === null ? '' : count(tokens.completion, 'token')].filter((each) => each !== '');
  const blocks = Object.entries(texts).flatMap(([what, text]) => {
    const lines = plain(text).trimEnd().split('\n');
    const rest = lines.length > mostLines ? [`    … ${count(lines.length - mostLines, 'more line')}; --json has all`] : [];
    return [`${what}:`, ...lines.slice(0, mostLines).map((line) => `    ${line}`), ...rest];
  });
  return [`── ${number} ── ${facts.join(', ')}`, ...blocks];
}

const help = `
Runs the step, and what it needs before, on a few items with the real endpoints,
and prints what went in and what came out. Answers are paid for once: a later
run, or another try, takes them from the store.`;
