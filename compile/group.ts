import type { PlanGroup, PlanNode } from '../plan/index.ts';
import { originOf } from './origins.ts';
import type { Origins } from './origins.ts';

/**
 * Fifth pass: item-by-item steps that read each other become one group, which is streamed chunk by chunk. A step joins the
 * groups of all it reads, so a pair brings its sides together; a step that reads no other such step begins a group.
 */
export function group(nodes: PlanNode[], origins: Origins): PlanGroup[] {
  const groups = new Map<string, PlanGroup>();
  for (const node of nodes) {
    if (node.shape !== 'map') continue;
    const inputs = Object.values(node.inputs).flat();
    const [first] = inputs;
    const source = first && originOf(first, origins);
    if (!source) continue;
    const joined = new Set(inputs.flatMap((ref) => groups.get(ref.node) ?? []));
    const members = new Set([...[...joined].flatMap((each) => each.members), node.id]);
    const merged: PlanGroup = {
      members: nodes.filter(({ id }) => members.has(id)).map(({ id }) => id),
      source,
    };
    for (const id of merged.members) groups.set(id, merged);
  }
  return [...new Set(groups.values())];
}
