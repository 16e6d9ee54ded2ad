import type { PlanEstimate, PlanGroup, PlanNode } from '../../plan/index.ts';
import type { Config } from '../config/config.ts';
import { costsOf } from './costs.ts';
import type { NodeCost } from './costs.ts';
import { itemsOfDataset } from './datasets.ts';
import { historyOf } from './history.ts';
import type { Predicted } from './history.ts';
import type { ItemsOf } from './lengths.ts';
import { sumCosts } from './sums.ts';

/** Last pass: what a run without any reuse would do, and how long its histories become. */
export function estimate(nodes: PlanNode[], { groups, config }: { groups: PlanGroup[]; config: Config }): { estimate: PlanEstimate; overLimits: Predicted[] } {
  const items = countItems(nodes);
  const { history, overLimits } = historyOf(nodes, { groups, items });
  return { estimate: { ...sumCosts(costsOf(nodes, { items, config }), config), history }, overLimits };
}

/** What each node of a plan takes when nothing is reused. */
export function planCosts(nodes: PlanNode[], config: Config): NodeCost[] {
  return costsOf(nodes, { items: countItems(nodes), config });
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
    case 'dataset/reclor':
    case 'dataset/logiqa2':
    case 'dataset/code-ultrafeedback':
    case 'dataset/gsm8k':
    case 'dataset/math':
    case 'dataset/rewardbench':
      return itemsOfDataset(node.kind, node.settings);
    case 'dataset/preference':
      return { train: number(node, 'take') };
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
