import { nothing, plus } from '../plan/estimate.ts';
import type { Amount, Foreseen, PlanEstimate } from '../plan/estimate.ts';
import type { PlanGroup, PlanNode } from '../plan/index.ts';
import type { Config } from './config.ts';
import { costsOf } from './estimate-costs.ts';
import type { NodeCost } from './estimate-costs.ts';
import { historyOf } from './estimate-history.ts';
import type { OverLimit } from './estimate-history.ts';
import type { ItemsOf } from './estimate-lengths.ts';

/** Last pass: what a run without any reuse would do, and how long its histories become. */
export function estimate(nodes: PlanNode[], { groups, config }: { groups: PlanGroup[]; config: Config }): { estimate: PlanEstimate; overLimits: OverLimit[] } {
  const items = countItems(nodes);
  const { history, overLimits } = historyOf(nodes, { groups, items });
  return { estimate: { ...sumCosts(costsOf(nodes, { items, config }), config), history }, overLimits };
}

/** What each node of a plan takes when nothing is reused. */
export function planCosts(nodes: PlanNode[], config: Config): NodeCost[] {
  return costsOf(nodes, { items: countItems(nodes), config });
}

/** The sum of what nodes cost, each of them once. */
export function sumCosts(costs: NodeCost[], config: Config): Omit<PlanEstimate, 'history'> {
  const calls: PlanEstimate['calls'] = {};
  const tokens = new Map<string, { prompt: Sum; completion: Sum }>();
  const hours = new Map<string, Sum>();
  for (const cost of costs) {
    for (const { endpoint, calls: asked, prompt, completion, basis } of cost.calls) {
      const before = calls[endpoint];
      calls[endpoint] = asked === null || before === null ? null : (before ?? 0) + asked;
      const sums = tokens.get(endpoint) ?? { prompt: openSum(), completion: openSum() };
      tokens.set(endpoint, sums);
      add(sums.prompt, prompt, basis.prompt);
      add(sums.completion, completion, basis.completion);
    }
    if (!cost.gpu) continue;
    const sum = hours.get(cost.gpu.pool) ?? openSum();
    hours.set(cost.gpu.pool, sum);
    add(sum, cost.gpu.hours, cost.gpu.basis);
  }
  const amounts = {
    tokens: Object.fromEntries([...tokens].map(([name, { prompt, completion }]) => [name, { prompt: foreseen(prompt), completion: foreseen(completion) }])),
    gpu_hours: Object.fromEntries([...hours].map(([name, sum]) => [name, foreseen(sum)])),
  };
  return { calls, ...amounts, money: moneyOf(amounts, config) };
}

/** What has a price, added up; null where nothing has one. */
function moneyOf({ tokens, gpu_hours }: Pick<PlanEstimate, 'tokens' | 'gpu_hours'>, { endpoints, pools }: Config): Foreseen | null {
  const total = openSum();
  const without: string[] = [];
  for (const [name, { prompt, completion }] of Object.entries(tokens)) {
    const price = endpoints[name]?.price;
    if (!price) without.push(name);
    else {
      addPart(total, prompt, price.input / 1e6);
      addPart(total, completion, price.output / 1e6);
      total.unknown += Math.max(unknownIn(prompt), unknownIn(completion));
    }
  }
  for (const [name, hours] of Object.entries(gpu_hours)) {
    const price = pools[name]?.price;
    if (price === undefined) without.push(name);
    else {
      addPart(total, hours, price);
      total.unknown += unknownIn(hours);
    }
  }
  const basis = `prices of the configuration${without.length === 0 ? '' : `; left out, since without a price: ${without.join(', ')}`}`;
  return total.amount && { ...foreseen(total), basis };
}

interface Sum {
  amount: Amount | null;
  /** The parts that are bounded above, and how many are not. */
  known: Amount | null;
  unknown: number;
  bases: Set<string>;
}

function openSum(): Sum {
  return { amount: null, known: null, unknown: 0, bases: new Set() };
}

function add(sum: Sum, amount: Amount, basis: string): void {
  sum.amount = sum.amount ? plus(sum.amount, amount) : amount;
  if (amount.high === null) sum.unknown++;
  else sum.known = sum.known ? plus(sum.known, amount) : amount;
  sum.bases.add(basis);
}

/** Adds a sum at a price; of one that is bounded in part, that part counts as known. */
function addPart(sum: Sum, part: Foreseen, price: number): void {
  const amount = scaled(part, price);
  const known = part.high === null ? part.known && scaled(part.known, price) : amount;
  sum.amount = sum.amount ? plus(sum.amount, amount) : amount;
  if (known) sum.known = sum.known ? plus(sum.known, known) : known;
}

/** Nodes of which a sum knows no upper bound. Where none is bounded, they were not counted: at least one. */
function unknownIn({ high, known }: Foreseen): number {
  return known?.unknown ?? (high === null ? 1 : 0);
}

function foreseen({ amount, known, unknown, bases }: Sum): Foreseen {
  const { low, high } = amount ?? nothing;
  const basis = [...bases].join('; ');
  return { low, high, basis, ...(unknown > 0 && known && { known: { low: known.low, high: known.high ?? 0, unknown } }) };
}

function scaled({ low, high }: Amount, factor: number): Amount {
  return { low: low === null ? null : low * factor, high: high === null ? null : high * factor };
}

/** Goes down the plan; no item is rejected on the way. */
export function countItems(nodes: PlanNode[]): ItemsOf {
  const counts = new Map<string, number | null>();
  const items: ItemsOf = (ref) => (ref ? (counts.get(`${ref.node}.${ref.output}`) ?? null) : null);
  for (const node of nodes)
    for (const [output, count] of Object.entries(itemsOf(node, items))) counts.set(`${node.id}.${output}`, count);
  return items;
}

function itemsOf(node: PlanNode, items: ItemsOf): { [output: string]: number | null } {
  const entering = (input: string) => items(node.inputs[input]?.[0]);
  switch (node.kind) {
    case 'source/files':
      return { out: number(node, 'take') };
    case 'source/git':
    case 'source/github':
    case 'source/parquet':
    case 'source/jsonl':
    case 'source/web':
      return { out: number(node, 'take') };
    case 'clean':
      return { out: entering('corpus') };
    case 'pair/web':
      return { out: entering('answers') };
    case 'select':
      return { out: atMost(number(node, 'take'), entering('pairs')) };
    case 'dataset/math-shepherd':
      return { train: number(node, 'take') ?? (node.settings['pairs'] === 'all' ? 800_000 : 40_000), test: 4_300 };
    case 'dataset/code-ultrafeedback':
      return { train: number(node, 'take') ?? 8_550, test: 950 };
    case 'dataset/gsm8k':
      return { train: number(node, 'take') ?? 7_473, test: 1_319 };
    case 'dataset/math':
      return { train: number(node, 'take') ?? 7_500, test: 5_000 };
    case 'dataset/reclor':
    case 'dataset/logiqa2':
    case 'dataset/preference':
      return { train: number(node, 'take') };
    case 'dataset/rewardbench':
    case 'train/pmp-stable':
    case 'train/pmp-decay':
    case 'eval/rewardbench':
      return {};
    case 'dataset/arithmetic':
      return Object.fromEntries(Object.keys(node.outputs).map((output) => [output, number(node, output)]));
    case 'summarize':
      return { out: entering('corpus') };
    case 'clip':
    case 'respond':
    case 'pair':
      return { out: entering('prompts') };
    case 'candidates':
      return { out: times(entering('questions'), number(node, 'n')) };
    case 'grade':
      return { out: entering('candidates') };
    case 'train/pmp':
    case 'train/rm':
    case 'eval/accuracy':
    case 'eval/choice':
    case 'eval/bon':
    case 'report':
      return {};
    default:
      return node.kind satisfies never;
  }
}

function number({ settings }: PlanNode, setting: string): number | null {
  const value = settings[setting];
  return typeof value === 'number' ? value : null;
}

function times(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a * b;
}

function atMost(limit: number | null, count: number | null): number | null {
  return limit === null || count === null ? (count ?? limit) : Math.min(limit, count);
}
