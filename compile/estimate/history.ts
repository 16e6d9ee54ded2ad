import type { PlanEstimate, PlanGroup, PlanNode } from '../../plan/index.ts';
import { groupEvents, jobEvents, membersOf, rootEvents, shardEvents, shardsOf } from '../../plan/limits.ts';
import { perItem } from '../../schemas/index.ts';
import { countUnits } from '../../plan/walk.ts';
import type { ItemsOf } from './lengths.ts';

/** The longest history of each workflow when nothing fails; null: known once a source is read. */
export function historyOf(nodes: PlanNode[], { groups, items }: { groups: PlanGroup[]; items: ItemsOf }): PlanEstimate['history'] {
  const history: PlanEstimate['history'] = {};
  for (const [workflow, events] of predict(nodes, { groups, items }))
    history[workflow] = workflow in history ? longer(history[workflow] ?? null, events) : events;
  return history;
}

type Predicted = [workflow: 'pipeline' | 'group' | 'shard' | 'job', events: number | null];

function* predict(nodes: PlanNode[], { groups, items }: { groups: PlanGroup[]; items: ItemsOf }): Iterable<Predicted> {
  yield ['pipeline', rootEvents(countUnits({ nodes, groups }))];
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const group of groups) yield* predictGroup(membersOf(group, byId), items(group.source));
  const members = new Set(groups.flatMap((group) => group.members));
  if (nodes.some(({ id }) => !members.has(id))) yield ['job', jobEvents()];
}

function* predictGroup(nodes: PlanNode[], count: number | null): Iterable<Predicted> {
  const { chunks, shards } = shardsOf(nodes, { items: count ?? 0, each: Math.max(...nodes.map(perItem)) });
  yield ['group', count === null ? null : groupEvents(shards)];
  yield ['shard', count === null ? null : shardEvents(nodes.length, chunks)];
}

function longer(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}
