import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import type { Store } from '../../ports/store.ts';
import { failureClasses, titleOf } from '../../plan/index.ts';
import type { BudgetCaps, Decision, ParamValues, RunProgress, RunSettings } from '../../plan/index.ts';
import { decideUpdate } from '../../workflows/messages.ts';
import { collectCell } from '../runs/cells.ts';
import { openContext, requireStore, withCommonOptions, type CommonOptions, type Context } from '../context.ts';
import { withNotes } from '../terminal/help.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { pickNode } from '../runs/pick-node.ts';
import { quarantineOf, releaseQuarantine, type Quarantine } from '../runs/quarantine.ts';
import { isOpen, pickRun, planOfRun } from '../runs/runs.ts';
import { askServer, connectServer, type Server } from '../runs/server.ts';
import { prepareResumption } from '../diff/resumption.ts';
import { submitRun } from '../watch/submit.ts';
import { watchRun } from '../watch/watch-run.ts';

/** How many steps a message names. */
const shown = 8;

interface RetryOptions extends CommonOptions {
  skip?: boolean;
  fail?: boolean;
  run?: string;
  setting?: Partial<RunSettings>;
  budget?: Partial<BudgetCaps>;
  cell?: ParamValues;
  quarantined?: boolean;
  detach?: boolean;
}

export function define(command: Command): void {
  withNotes(withCommonOptions(command), help)
    .argument('[step]', 'the parked step or node (default: all parked nodes)')
    .option('--run <run>', 'the run (default: the newest)')
    .option('--quarantined', 'ask again for the items that have no usable answer, and for nothing else')
    .option('--skip', 'continue without it and without the steps that need it')
    .option('--fail', "end the run with this step's error")
    .option(
      '--setting <key=value>',
      'override run settings for this retry: pool=NAME, chunk=N or FAILURE_CLASS=RETRIES; repeatable',
      collectSetting,
    )
    .option('--budget <cap=value>', 'raise a cap of the budget: calls, gpu_hours or money; repeatable', collectBudget)
    .option('--cell <name=value>', 'if the step has several nodes: the values of its cell; repeatable', collectCell)
    .option('--detach', 'decide and return at once')
    .action(retry);
}

async function retry(step: string | undefined, options: RetryOptions): Promise<void> {
  const { skip = false, fail = false, setting: changes, budget, detach = false } = options;
  const context = openContext(options);
  if (skip && fail) throw new CommandFailure('--skip and --fail cannot be combined: use one of the two', exit.usage);
  const store = await requireStore(context);
  const record = await pickRun(store, options.run);
  const { run } = record;
  const released = options.quarantined ? await release(context, { store, record, step, options }) : null;
  if (released?.length === 0) return;
  if (released && !isOpen(record)) return resumeQuarantined(context, { store, record, detach });
  if (!isOpen(record)) throw runIsOver(run, record.status);
  const { cell } = options;
  const named = released ?? [cell === undefined ? (step ?? '*') : await nodeOfCell(store, record, { step, cell })];
  await using server = await connectServer(context, { retried: run, takesConfig: options.config !== undefined });
  const decision = skip ? 'skip' : fail ? 'fail' : 'retry';
  const asked = { decision, ...(changes && { run: changes, ...poolIn(context, changes) }), ...(budget && { budget }) } as const;
  const decided: string[] = [];
  for (const node of named) decided.push(...(await decide(server, { run, decision: { node, ...asked } })));
  const words = { retry: 'is retried', skip: 'is skipped', fail: 'ends the run' };
  for (const each of decided) context.output.talk(`${each} ${words[decision]}`);
  if (detach) {
    if (context.output.json) context.output.emit({ run, decision, decided });
    return context.output.next([[`codepmp watch ${run}`, 'follow it']]);
  }
  process.exitCode = await watchRun({ context, store, server, run });
}

/** Sends a decision to a run that is parked. Returns the ids it was about. */
async function decide(server: Server, { run, decision }: { run: string; decision: Decision }): Promise<string[]> {
  const handle = server.client.workflow.getHandle(run);
  const updateId = randomUUID();
  try {
    return (await askServer(server, () => handle.executeUpdate(decideUpdate, { args: [decision], updateId }))).decided;
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    if (error instanceof WorkflowNotFoundError) throw runIsOver(run);
    throw new CommandFailure(`${run} did not accept the decision: ${reasonOfUpdate(error)}. See codepmp status ${run}`);
  }
}

/**
 * Releases the items of a run that have no usable answer; in a run that is parked, those of its parked steps. Returns the units with such
 * items.
 */
async function release(
  { output }: Context,
  { store, record, step, options }: { store: Store; record: RunProgress; step: string | undefined; options: RetryOptions },
): Promise<string[]> {
  const { run, status, units } = record;
  if (options.skip || options.fail)
    throw new CommandFailure('--quarantined asks again, and --skip and --fail give up: use one of them', exit.usage);
  if (status === 'running')
    throw new CommandFailure(`${run} is running; its items without an answer can be asked for again when it has ended or is parked`);
  const plan = await planOfRun(store, record);
  const all = plan ? await quarantineOf(store, { record, plan, step, cell: options.cell }) : [];
  const unitOf = ({ node }: Quarantine) => units.find(({ nodes }) => nodes.some(({ id }) => id === node.id));
  const found = isOpen(record) ? all.filter((each) => unitOf(each)?.state === 'parked') : all;
  if (all.length > 0 && found.length === 0) throw nothingParked(record, all);
  for (const { node, items } of found) output.talk(`${titleOf(node)}: asks again for ${statusesText(items)}`);
  if (found.length === 0) output.talk(`every item of ${step ?? run} that was asked for has a usable answer`);
  await releaseQuarantine(store, found);
  if (output.json) output.emit({ run, quarantined: found.map(({ node, items }) => ({ node: node.id, items })) });
  return [...new Set(found.map((each) => unitOf(each)?.id ?? each.node.id))];
}

function nothingParked({ run }: RunProgress, quarantines: Quarantine[]): CommandFailure {
  const names = quarantines.slice(0, shown).map(({ node }) => titleOf(node));
  const more = quarantines.length > shown ? ` and ${quarantines.length - shown} more` : '';
  return new CommandFailure(
    `not parked in ${run}: ${names.join(', ')}${more}. Items of such steps can be asked for again once the run has ended: decide about ` +
      `what is parked, or end the run with codepmp cancel ${run}; then run codepmp retry --quarantined`,
  );
}

function statusesText(items: { [status: string]: number }): string {
  return Object.entries(items).map(([status, number]) => `${number} ${status}`).join(', ');
}

/** Runs the pipeline of a run that has ended once more; all that has a usable answer is reused. */
async function resumeQuarantined(
  context: Context,
  { store, record, detach }: { store: Store; record: RunProgress; detach: boolean },
): Promise<void> {
  const { plan, input, settings } = await prepareResumption(context, { store, record }, {});
  process.exitCode = await submitRun(context, { plan, input, settings, detach });
}

/** The chosen pool, as the configuration declares it. */
function poolIn({ config: { pools } }: Context, { pool: name }: Partial<RunSettings>): Pick<Decision, 'pool'> {
  const pool = name === undefined ? undefined : pools[name];
  if (name !== undefined && !pool) throw new CommandFailure(`there is no pool ${name}. Declared pools: ${Object.keys(pools).join(', ')}`);
  return pool ? { pool: { gpus: pool.gpus ?? 0, ...(pool.price !== undefined && { price: pool.price }) } } : {};
}

/** The one node of a step in cells with these values. */
async function nodeOfCell(
  store: Store,
  record: RunProgress,
  { step, cell }: { step: string | undefined; cell: ParamValues },
): Promise<string> {
  if (step === undefined) throw new CommandFailure('--cell chooses a node of a step: give the step, too', exit.usage);
  const plan = await planOfRun(store, record);
  if (!plan) throw new CommandFailure(`${record.run} has no plan yet: its file is still being read`);
  return pickNode(plan, { address: step, values: cell }).id;
}

function runIsOver(run: string, status?: string): CommandFailure {
  return new CommandFailure(
    `${run} has ended${status === undefined ? '' : ` (${status})`}: nothing waits for a decision. To run what is left: codepmp resume ${run}`,
  );
}

function reasonOfUpdate(error: unknown): string {
  if (error instanceof WorkflowUpdateFailedError) return error.cause?.message ?? error.message;
  return error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
}

/** Collects `pool=gpu8`, `chunk=100`, or a failure class and its number of retries. */
function collectSetting(entry: string, before: Partial<RunSettings> = {}): Partial<RunSettings> {
  const [key = '', value = ''] = entry.split('=');
  if (key === 'pool' && value !== '') return { ...before, pool: value };
  const number = Number(value);
  if (value !== '' && Number.isSafeInteger(number) && number >= 0) {
    if (key === 'chunk' && number > 0) return { ...before, chunk: number };
    if (failureClasses.some((each) => each === key)) return { ...before, budget: { ...before.budget, [key]: number } };
  }
  throw new CommandFailure(
    `--setting ${entry}: expected pool=NAME, chunk=N or FAILURE_CLASS=RETRIES, with one of the classes ${failureClasses.join(', ')}`,
    exit.usage,
  );
}

function collectBudget(entry: string, before: Partial<BudgetCaps> = {}): Partial<BudgetCaps> {
  const [key = '', value = ''] = entry.split('=');
  const number = Number(value);
  if ((key === 'calls' || key === 'gpu_hours' || key === 'money') && value !== '' && number >= 0) return { ...before, [key]: number };
  throw new CommandFailure(`--budget ${entry}: expected calls=N, gpu_hours=N or money=N`, exit.usage);
}

const help =
  'A retry starts the node again and reuses what it already paid for. With --quarantined, a run that has ended is run once more: requests ' +
  'that were refused, failed or gave no whole answer are sent again, and every later run uses the new answers. In a run that is parked, ' +
  'these are the requests of its parked steps. Exit codes: see codepmp run.';
