import type { PlanEstimate } from '../plan/estimate.ts';
import { groupEvents, jobEvents, membersOf, mostEvents, shardEvents, shardsOf } from '../plan/limits.ts';
import type { PlanGroup, PlanNode } from '../plan/index.ts';
import type { ItemsOf } from './estimate-lengths.ts';

/** Events of the longest history of each workflow when nothing fails; null: known once a source is read. */
export function historyOf(nodes: PlanNode[], { groups, items }: { groups: PlanGroup[]; items: ItemsOf }): PlanEstimate['history'] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const longest = { group: 0 as number | null, shard: 0 as number | null };
  for (const group of groups) {
    const members = membersOf(group, byId);
    const count = items(group.source);
    const { chunks, shards } = shardsOf(members, count ?? 0);
    longest.group = max(longest.group, count === null ? null : groupEvents(shards));
    longest.shard = max(longest.shard, count === null ? null : shardEvents(members.length, chunks));
  }
  const history: PlanEstimate['history'] = {};
  const inGroups = groups.reduce((sum, { members }) => sum + members.length, 0);
  if (nodes.length > inGroups) history['job'] = { events: jobEvents(), limit: mostEvents };
  if (groups.length > 0) for (const name of ['group', 'shard'] as const) history[name] = { events: longest[name], limit: mostEvents };
  return history;
}

function max(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}
