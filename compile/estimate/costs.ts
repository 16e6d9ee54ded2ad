import { plus } from '../../plan/estimate.ts';
import type { Amount } from '../../plan/estimate.ts';
import type { PlanNode } from '../../plan/index.ts';
import type { Config } from '../../ports/configuration.ts';
import { answerLength, timesItems, lengthBasis, lengthsOf, templateTokensOf } from './lengths.ts';
import type { ItemsOf, LengthsOf } from './lengths.ts';
import { gpuCosts } from './gpu.ts';
import type { GpuCost } from './gpu.ts';

/** What one node takes when nothing of it is there. */
export interface NodeCost {
  node: string;
  calls: CallCost[];
  /** null: it needs no GPU, or its pool has none. */
  gpu: GpuCost | null;
}

/** Calls of one node at most, and the tokens of all of them. */
export interface CallCost {
  endpoint: string;
  calls: number | null;
  prompt: Amount;
  completion: Amount;
  basis: { prompt: string; completion: string };
}

interface CostOptions {
  items: ItemsOf;
  config: Config;
}

/** What each node of a plan takes, in the plan's order. */
export function costsOf(nodes: PlanNode[], { items, config }: CostOptions): NodeCost[] {
  const lengths = lengthsOf(nodes);
  const gpu = gpuCosts(nodes, { items, lengths, config });
  return nodes.map((node) => ({ node: node.id, calls: callsOfNode(node, { items, lengths }), gpu: gpu(node) }));
}

function callsOfNode(node: PlanNode, { items, lengths }: { items: ItemsOf; lengths: LengthsOf }): CallCost[] {
  const calls = items({ node: node.id, output: 'out' });
  return Object.values(node.models).map(({ endpoint, sampling }) => ({
    endpoint,
    calls,
    prompt: timesItems(plus(lengths(Object.values(node.inputs)[0]?.[0]).item, templateTokensOf(node)), calls),
    completion: timesItems(answerLength(node), calls),
    basis: { prompt: lengthBasis, completion: `${lengthBasis} (max_tokens ${sampling.max_tokens})` },
  }));
}
