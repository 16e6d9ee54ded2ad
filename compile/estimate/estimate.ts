import type { PlanEstimate, PlanGroup, PlanNode } from '../../plan/index.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Config } from '../../ports/configuration.ts';
import { costsOf } from './costs.ts';
import type { NodeCost } from './costs.ts';
import { historyOf } from './history.ts';
import type { ItemsOf } from './lengths.ts';
import { sumCosts } from './sums.ts';

/** Last pass: what a run without any reuse would do, and how long its histories become. */
export function estimate(
  nodes: PlanNode[],
  { groups, config }: { groups: PlanGroup[]; config: Config },
): PlanEstimate {
  const items = countItems(nodes, config);
  return { ...sumCosts(costsOf(nodes, { items, config }), config), history: historyOf(nodes, { groups, items }) };
}

/** What each node of a plan takes when nothing is reused. */
export function planCosts(nodes: PlanNode[], config: Config): NodeCost[] {
  return costsOf(nodes, { items: countItems(nodes, config), config });
}

/** Goes down the plan; no item is rejected on the way. A source that declares fewer items than its kind is known to have has these. */
function countItems(nodes: PlanNode[], { sources }: Config): ItemsOf {
  const counts = new Map<string, number | null>();
  const items: ItemsOf = (ref) => (ref ? (counts.get(`${ref.node}.${ref.output}`) ?? null) : null);
  for (const { id, kind, settings, inputs, resources } of nodes) {
    const entering = (input: string) => (inputs[input]?.[0] ? items(inputs[input][0]) : 0);
    const made = kindOf(kind).items?.(settings, entering) ?? {};
    const declared = sources[resources['source']?.name ?? '']?.items ?? {};
    for (const [output, count] of Object.entries(made))
      counts.set(`${id}.${output}`, count === null ? null : Math.min(count, declared[output] ?? count));
  }
  return items;
}
