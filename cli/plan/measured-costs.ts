import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../../ports/store.ts';
import { planCosts, readTemplate, type CallCost, type GpuCost, type NodeCost } from '../../compile/index.ts';
import { generationKey, withoutTemplate } from '../../items/index.ts';
import type { Config } from '../../ports/configuration.ts';
import { createKept, planVersion, type Amount, type Plan, type PlanNode, type PromptTemplate } from '../../plan/index.ts';
import { kindOf } from '../../schemas/index.ts';
import { planOfRun, runsLookedAt, type Runs } from '../runs/runs.ts';

interface MeasureOptions {
  store: Store;
  runs: Runs;
  plan: Plan;
  costs: NodeCost[];
  config: Config;
  home: string;
}

/** The most and the fewest earlier answers that a mean is taken over. */
const answers = { most: 500, least: 10 };

/** Factors by which a step may take less or more time than similar earlier ones. */
const spread = { low: 0.8, high: 1.25 };

/** Replaces estimates by measurements of earlier runs where there are any: tokens of answers, seconds of steps. */
export async function withMeasured(options: MeasureOptions): Promise<NodeCost[]> {
  const { plan, costs } = options;
  const nodes = new Map(plan.nodes.map((node) => [node.id, node]));
  const tokensOf = createTokens(options);
  const paces = costs.some(({ gpu }) => gpu !== null) ? await readPaces(options) : new Map<string, Pace>();
  const bases = basesOf(costs, paces);
  return Promise.all(
    costs.map(async (cost) => {
      const node = nodes.get(cost.node);
      if (!node || (cost.calls.length === 0 && !cost.gpu)) return cost;
      const calls = await Promise.all(cost.calls.map(async (each) => measuredCalls(each, await tokensOf(node), node.kind)));
      return { ...cost, calls, gpu: cost.gpu && measuredHours(cost.gpu, paces.get(paceKey(cost.gpu)), bases) };
    }),
  );
}

interface Tokens {
  prompt: Amount;
  completion: Amount;
  answers: number;
}

/** Mean tokens of earlier answers with the same model, sampling and template; null: too few. */
function createTokens({ store, home }: MeasureOptions): (node: PlanNode) => Promise<Tokens | null> {
  const known = createKept<string, Promise<Tokens | null>>();
  return async (node) => {
    const model = node.models['model'];
    const template = model && (await templateOf(node, home));
    if (!model || !template) return null;
    const key = generationKey({ ...model, stop: [...model.stop, ...template.stop] }, template.body);
    return known(key, () => readTokens(store, key));
  };
}

/** What the template of a step sends, and the texts that end its answers; null where it does not come with codepmp. */
async function templateOf({ kind, settings }: PlanNode, home: string): Promise<Pick<PromptTemplate, 'body' | 'stop'> | null> {
  const file = kindOf(kind).template?.(settings) ?? null;
  if (file === null) return { body: withoutTemplate, stop: [] };
  const text = await readFile(join(home, 'templates', file)).catch(() => null);
  return text && readTemplate(text, { file, kind }).template;
}

async function readTokens(store: Store, key: string): Promise<Tokens | null> {
  const prompts: number[] = [];
  const completions: number[] = [];
  for await (const { usage } of store.ledger.records({ generationKey: key, lo: '', hi: null })) {
    if (usage) {
      prompts.push(usage.prompt_tokens);
      completions.push(usage.completion_tokens);
    }
    if (prompts.length === answers.most) break;
  }
  if (prompts.length < answers.least) return null;
  return { prompt: meanAmount(prompts), completion: meanAmount(completions), answers: prompts.length };
}

/** The mean, with two standard errors on both sides. */
function meanAmount(values: number[]): Amount {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const margin = 2 * Math.sqrt(variance / values.length);
  return { low: Math.max(0, mean - margin), high: mean + margin };
}

function measuredCalls(cost: CallCost, tokens: Tokens | null, kind: string): CallCost {
  if (!tokens || cost.calls === null) return cost;
  const basis = `measured for ${kind}: mean of ${tokens.answers} earlier answers`;
  return {
    ...cost,
    prompt: timesCalls(tokens.prompt, cost.calls),
    completion: timesCalls(tokens.completion, cost.calls),
    basis: { prompt: basis, completion: basis },
  };
}

function timesCalls({ low, high }: Amount, calls: number): Amount {
  return { low: low === null ? null : Math.round(low * calls), high: high === null ? null : Math.round(high * calls) };
}

/** GPU-hours per pair or text, the least and the most measured. */
interface Pace {
  low: number;
  high: number;
  steps: number;
}

function paceKey({ pool, work }: GpuCost): string {
  return `${pool} ${work}`;
}

/** How long similar steps took on the same pool in earlier runs; reused steps do not count. */
async function readPaces({ store, runs, config }: MeasureOptions): Promise<Map<string, Pace>> {
  const paces = new Map<string, Pace>();
  for (const run of (await runs()).slice(0, runsLookedAt)) {
    const done = new Map(
      run.units
        .filter(({ state, seconds, nodes }) => state === 'done' && nodes.length === 1 && (seconds ?? 0) > 0)
        .map((unit) => [unit.id, unit]),
    );
    const plan = done.size > 0 ? await planOfRun(store, run).catch(() => null) : null;
    if (plan?.version !== planVersion) continue;
    const nodes = new Map(plan.nodes.map((node) => [node.id, node]));
    for (const { node: id, gpu } of planCosts(plan.nodes, config)) {
      const unit = done.get(id);
      const gpus = gpu && config.pools[gpu.pool]?.gpus;
      if (!unit || !gpu || !gpus) continue;
      const trained = (unit.training_steps ?? 0) * Number(nodes.get(id)?.settings['batch_size'] ?? 0);
      const items = trained > 0 ? trained : (gpu.items ?? 0);
      if (items > 0) addPace(paces, paceKey(gpu), ((unit.seconds ?? 0) * gpus) / 3600 / items);
    }
  }
  return paces;
}

function addPace(paces: Map<string, Pace>, key: string, hours: number): void {
  const before = paces.get(key);
  paces.set(
    key,
    before
      ? { low: Math.min(before.low, hours), high: Math.max(before.high, hours), steps: before.steps + 1 }
      : { low: hours, high: hours, steps: 1 },
  );
}

function measuredHours(cost: GpuCost, pace: Pace | undefined, bases: ReadonlyMap<string, string>): GpuCost {
  if (!pace || cost.items === null) return cost;
  const hours = { low: pace.low * cost.items * spread.low, high: pace.high * cost.items * spread.high };
  return { ...cost, hours, basis: bases.get(cost.pool) ?? '' };
}

/** What the measured hours of each pool rest on, in words: one sentence for all its kinds of work. */
function basesOf(costs: readonly NodeCost[], paces: ReadonlyMap<string, Pace>): Map<string, string> {
  const counts = new Map<string, Set<number>>();
  for (const { gpu } of costs) {
    const pace = gpu && paces.get(paceKey(gpu));
    if (gpu && pace) counts.set(gpu.pool, (counts.get(gpu.pool) ?? new Set()).add(pace.steps));
  }
  return new Map([...counts].map(([pool, steps]) => [pool, `measured on ${pool}: ${stepsText(steps)} of each kind, −20 % to +25 %`]));
}

function stepsText(counts: ReadonlySet<number>): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (most === 1) return 'a similar earlier step';
  return `${least === most ? '' : `${least} to `}${most} similar earlier steps`;
}
