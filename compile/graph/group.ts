import type { PlanGroup, PlanNode } from '../../plan/index.ts';
import { originOf, type Origins } from './origins.ts';

/**
 * Fifth pass: item-wise steps that read each other become one group, which is streamed chunk by chunk. A step joins the groups of
 * all steps it reads, so a pair unites the groups of its sides; a step that reads no other item-wise step begins a group.
 */
export function groupNodes(nodes: PlanNode[], origins: Origins): PlanGroup[] {
  const mapNodes = nodes.filter(({ shape }) => shape === 'map');
  const leaders = new Map(mapNodes.map(({ id }) => [id, id]));
  const leaderOf = (id: string): string => {
    let leader = id;
    for (let next = leaders.get(leader); next !== undefined && next !== leader; next = leaders.get(leader)) leader = next;
    leaders.set(id, leader);
    return leader;
  };
  for (const { id, inputs } of mapNodes)
    for (const { node } of Object.values(inputs).flat()) if (leaders.has(node)) leaders.set(leaderOf(id), leaderOf(node));
  const groups = new Map<string, PlanGroup>();
  for (const { id, inputs } of mapNodes) {
    const [first] = Object.values(inputs).flat();
    const source = first && originOf(first, origins);
    const found = groups.get(leaderOf(id));
    if (found) found.members.push(id);
    else if (source) groups.set(leaderOf(id), { members: [id], source });
  }
  return [...groups.values()];
}
