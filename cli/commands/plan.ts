import type { Command } from 'commander';
import type { Store } from '../../activities/ports.ts';
import type { NodeResult, Plan, PlanNode } from '../../plan/index.ts';
import { existingStore, openContext, withCommonOptions } from '../context.ts';
import type { CommonOptions } from '../context.ts';
import { readPipeline, requirePlan, withPipelineOptions } from '../pipeline-file.ts';
import type { PipelineOptions } from '../pipeline-file.ts';
import { listRuns, readPlan } from '../runs.ts';
import { memberKey, readResult } from '../step-output.ts';
import { count, table } from '../words.ts';

/** Earlier runs that are looked through for sources seen before. */
const runsLookedAt = 50;

/** What a node would do. A source's content is looked at when it is reached: until then reuse below it rests on its being unchanged. */
type Foresight = 'reused' | 'reused if the source is unchanged' | 'to run';

export function define(command: Command): void {
  withPipelineOptions(withCommonOptions(command))
    .argument('<file>', 'the pipeline')
    .action(planFile);
}

async function planFile(path: string, options: CommonOptions & PipelineOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const pipeline = readPipeline(context, path, options);
  const plan = requirePlan(context, pipeline);
  const store = await existingStore(context);
  const foreseen = await foresee(plan, store);
  const totals = { total: plan.nodes.length, reused: 0, maybe: 0, to_run: 0 };
  for (const state of foreseen.values()) totals[state === 'reused' ? 'reused' : state === 'to run' ? 'to_run' : 'maybe']++;
  const nodes = plan.nodes.map(({ id, kind, key }) => ({ id, kind, key, state: foreseen.get(id) }));
  if (output.json) return output.emit({ format: 1, name: plan.name, nodes, totals, calls_without_reuse: plan.estimate.calls });
  const rows = plan.nodes.map((node) => [markOf(foreseen.get(node.id)), node.id, node.kind, foreseen.get(node.id) ?? '', inputsOf(node)]);
  for (const line of table(rows)) output.data(`  ${line}`);
  output.data(`\n${count(totals.total, 'step')}: ${totals.to_run} to run, ${totals.reused} reused, ${totals.maybe} reused if the source is unchanged`);
  output.data(`calls without any reuse: ${callsOf(plan)}`);
  output.next([[`codepmp run ${path}`, 'run it']]);
}

/** Goes through the plan in its order as a run would, with the results that the store has. */
async function foresee(plan: Plan, store: Store | null): Promise<Map<string, Foresight>> {
  const results = new Map<string, NodeResult>();
  const states = new Map<string, Foresight>();
  const seen = store ? await sourcesSeen(store) : new Map<string, string>();
  for (const node of plan.nodes) {
    const isSource = node.kind === 'source/files';
    const key = isSource ? (seen.get(node.key) ?? null) : memberKey(node, results);
    const result = store && key !== null ? await readResult(store, key) : null;
    if (result) results.set(node.id, result);
    const rests = isSource || Object.values(node.inputs).flat().some((ref) => states.get(ref.node) === 'reused if the source is unchanged');
    states.set(node.id, !result ? 'to run' : rests ? 'reused if the source is unchanged' : 'reused');
  }
  return states;
}

/** Result keys that sources had in earlier runs, by plan key; the newest counts. */
async function sourcesSeen(store: Store): Promise<Map<string, string>> {
  const seen = new Map<string, string>();
  for (const run of (await listRuns(store)).slice(0, runsLookedAt)) {
    const plan = await readPlan(store, run).catch(() => null);
    for (const node of plan?.nodes ?? []) {
      const key = run.units.find(({ id }) => id === node.id)?.key;
      if (node.kind === 'source/files' && key !== undefined && !seen.has(node.key)) seen.set(node.key, key);
    }
  }
  return seen;
}

function markOf(state: Foresight | undefined): string {
  return state === 'to run' ? '+' : state === 'reused' ? '=' : '~';
}

function inputsOf({ inputs }: PlanNode): string {
  const refs = Object.values(inputs).flat();
  const names = refs.map(({ node, output }) => (output === 'out' ? node : `${node}.${output}`));
  return names.length === 0 ? '' : `from ${names.join(', ')}`;
}

function callsOf({ estimate }: Plan): string {
  const entries = Object.entries(estimate.calls);
  if (entries.length === 0) return 'none';
  return entries.map(([endpoint, number]) => `${endpoint} ${number === null ? 'unknown until the source is read' : `≤ ${number.toLocaleString('en')}`}`).join(', ');
}
