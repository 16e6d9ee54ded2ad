import type { Command } from 'commander';
import type { Row } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { checkLines, type DataChecks } from '../../plan/checks.ts';
import { titleOf, type ParamValues, type WaterfallStage } from '../../plan/index.ts';
import { createArtifacts } from '../../adapters/index.ts';
import { collectCell } from '../runs/cells.ts';
import { openContext, requireStore, withCommonOptions, type CommonOptions } from '../context.ts';
import { CommandFailure } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { readCount } from '../pipeline/options.ts';
import { refreshed } from '../runs/refresh.ts';
import { pickRun, planOfRun } from '../runs/runs.ts';
import { connectIfRunning, isServed } from '../runs/server.ts';
import { answersOfRows } from '../runs/paid-answer.ts';
import { findStep, isFolder, readOutput } from '../runs/step-output.ts';
import { count } from '../terminal/text.ts';
import { plainText } from '../../text/index.ts';

export function define(command: Command): void {
  withCommonOptions(command)
    .argument('<step>', 'the step, or STEP.OUTPUT if it has several outputs')
    .option('--run <run>', 'the run (default: the newest)')
    .option('--cell <name=value>', 'if the step has several nodes: the values of its cell; repeatable', collectCell)
    .option('-n <items>', 'how many items', readCount, 3)
    .action(show);
}

async function show(address: string, options: CommonOptions & { run?: string; cell?: ParamValues; n: number }): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const store = await requireStore(context);
  const record = await pickRun(store, options.run);
  await using server = record.status === 'running' ? await connectIfRunning(context) : null;
  const progress = { ...(await refreshed(record, store, { server, isServed: isServed(context) })), status: record.status };
  const plan = await planOfRun(store, progress);
  if (!plan)
    throw new CommandFailure(`${record.run} has no plan: its file is still being read, or was not valid. See codepmp status ${record.run}`);
  const [name = '', part] = address.split('.');
  const step = await findStep(store, { plan, progress, step: name, values: options.cell ?? {} });
  const made = await readOutput({ store, artifacts: createArtifacts(store), step, output: part, most: options.n });
  const { manifest, ...rest } = { ...made, items: await withAnswers(store, made.items) };
  if (output.json)
    return output.emit({
      run: record.run,
      step: name,
      node: step.node.id,
      label: step.node.label,
      state: step.unit.state,
      ...rest,
      meta: manifest?.meta ?? null,
    });
  const files = manifest !== null && isFolder(manifest);
  const amount = files ? count(made.items.length, 'file') : count(made.rows, 'row');
  const state = made.artifact === null ? `${step.unit.state}, ${amount} so far` : `${amount}, artifact ${made.artifact.slice(0, 12)}`;
  output.talk(`${record.run}, ${titleOf(step.node)}${part === undefined ? '' : `.${part}`}: ${made.type}, ${state}`);
  for (const [name, title] of Object.entries(countsShown)) {
    const counts = Object.entries((manifest?.meta[name] ?? {}) as { [reason: string]: number });
    if (counts.length > 0) output.talk(`${title}: ${counts.map(([reason, number]) => `${number} ${reason}`).join(', ')}`);
  }
  const waterfall = (manifest?.meta['waterfall'] ?? []) as unknown as WaterfallStage[];
  for (const line of waterfallLines(waterfall)) output.talk(line);
  const checks = manifest?.meta['checks'] as DataChecks | undefined;
  for (const line of checks ? checkLines(checks) : []) output.talk(line);
  rest.items.forEach((item, index) => printItem(output, item, files ? null : index));
  if (!files && made.items.length === options.n && made.rows > made.items.length)
    output.talk(`\n${made.rows - made.items.length} more; -n ${made.rows} prints all, --json as JSON`);
  if (step.node.shape === 'process') output.next([[`codepmp logs ${step.node.id} --run ${record.run}`, 'the logs of its process']]);
}

/** Items, those that could not be used with the answer that they were made from, if their rows do not have the text themselves. */
async function withAnswers(store: Store, items: Row[]): Promise<Row[]> {
  const isUsed = ({ status }: Row) => status === undefined || status === 'ok';
  const answers = await answersOfRows(store, items.filter((item) => !isUsed(item) && item['text'] === undefined));
  return items.map((item) => {
    const answer = answers.get(item);
    return answer ? { ...item, answer: answer.text } : item;
  });
}

/** Counts in the metadata of an artifact, and what they are called. */
const countsShown = { statuses: 'by status', flags: 'kept although flagged', left_out: 'files left out' };

/** `clean: 2 left; dropped: 1 long-line, 2 near-duplicate`: a line for each stage. */
function waterfallLines(stages: readonly WaterfallStage[]): string[] {
  return [...Map.groupBy(stages, ({ stage }) => stage)].map(([stage, own]) => {
    const dropped = own.flatMap(({ count: items, reason }) => (reason === '' ? [] : [`${items} ${reason}`]));
    const left = own.find(({ reason }) => reason === '')?.count ?? 0;
    return `${stage}: ${left} left${dropped.length > 0 ? `; dropped: ${dropped.join(', ')}` : ''}`;
  });
}

/** Prints a file on one line, and an item as a block with multi-line texts below their names. */
function printItem({ data }: Output, item: Row, index: number | null): void {
  if (index === null)
    return data([String(item['name']).padEnd(32), String(item['bytes']).padStart(12), 'bytes  ', item['digest']].join(' '));
  data(`${index === 0 ? '' : '\n'}── ${index + 1} ${'─'.repeat(60)}`);
  for (const [name, value] of Object.entries(item)) {
    const short = typeof value === 'string' ? plainText(value) : JSON.stringify(value);
    const text = short.length > 100 && typeof value === 'object' ? JSON.stringify(value, null, 2) : short;
    if (text.includes('\n') || text.length > 100) data(`${name}:\n${text.trimEnd().replaceAll(/^/gm, '    ')}`);
    else data(`${name}: ${text}`);
  }
}
