import type { PlanEstimate, PlanGroup, PlanNode } from '../../plan/index.ts';
import { groupEvents, jobEvents, membersOf, mostEvents, rootEvents, shardEvents, shardsOf } from '../../plan/limits.ts';
import { countUnits } from '../../plan/walk.ts';
import type { ItemsOf } from './lengths.ts';

/** A workflow with the longest of its histories, when nothing fails. */
export interface Predicted {
  workflow: 'pipeline' | 'group' | 'shard' | 'job';
  /** What it does: the nodes of a group, a node, or all of them. */
  nodes: PlanNode[];
  /** null: known once a source is read. */
  events: number | null;
  /** Chunks that a group is cut into; null where it is no group or its items are not known. */
  chunks: number | null;
}

/** The longest history of each workflow when nothing fails, and the work whose history the engine would not take. */
export function historyOf(
  nodes: PlanNode[],
  { groups, items }: { groups: PlanGroup[]; items: ItemsOf },
): { history: PlanEstimate['history']; overLimits: Predicted[] } {
  const history: PlanEstimate['history'] = {};
  const overLimits: Predicted[] = [];
  for (const each of predict(nodes, { groups, items })) {
    const { workflow, events } = each;
    history[workflow] = workflow in history ? longer(history[workflow] ?? null, events) : events;
    if ((events ?? 0) > mostEvents) overLimits.push(each);
  }
  return { history, overLimits };
}

function* predict(nodes: PlanNode[], { groups, items }: { groups: PlanGroup[]; items: ItemsOf }): Iterable<Predicted> {
  yield { workflow: 'pipeline', nodes, chunks: null, events: rootEvents(countUnits({ nodes, groups })) };
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const group of groups) yield* predictGroup(membersOf(group, byId), items(group.source));
  const members = new Set(groups.flatMap((group) => group.members));
  const job = nodes.find(({ id }) => !members.has(id));
  if (job) yield { workflow: 'job', nodes: [job], chunks: null, events: jobEvents() };
}

function* predictGroup(nodes: PlanNode[], count: number | null): Iterable<Predicted> {
  const { chunks, shards } = shardsOf(nodes, count ?? 0);
  const ofGroup = { nodes, chunks: count === null ? null : chunks };
  yield { workflow: 'group', ...ofGroup, events: count === null ? null : groupEvents(shards) };
  yield { workflow: 'shard', ...ofGroup, events: count === null ? null : shardEvents(nodes.length, chunks) };
}

function longer(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}
