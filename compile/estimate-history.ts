import type { HistoryEstimate, PlanEstimate, PlanGroup, PlanNode } from '../plan/index.ts';
import { chunksOfShard, groupEvents, handOverBytes, jobEvents, membersOf, messageBytes, overLimit, rootEvents, shardEvents, shardsOf } from '../plan/limits.ts';
import { unitsOf } from '../plan/walk.ts';
import type { ItemsOf } from './estimate-lengths.ts';

/** Work whose history or messages the engine would not take. */
export interface OverLimit {
  workflow: string;
  /** What it does: the nodes of a group, a node, or all of them. */
  nodes: PlanNode[];
  limit: 'events' | 'payload' | 'size';
  predicted: HistoryEstimate;
  /** Chunks that a group is cut into; null where it is no group or its items are not known. */
  chunks: number | null;
}

interface Predicted extends Omit<OverLimit, 'limit'> {
  workflow: 'pipeline' | 'group' | 'shard' | 'job';
}

/** The worst histories of each workflow when nothing fails, and what would not fit. */
export function historyOf(nodes: PlanNode[], { groups, items }: { groups: PlanGroup[]; items: ItemsOf }): { history: PlanEstimate['history']; overLimits: OverLimit[] } {
  const history: PlanEstimate['history'] = {};
  const overLimits: OverLimit[] = [];
  for (const each of predict(nodes, { groups, items })) {
    history[each.workflow] = worse(history[each.workflow], each.predicted);
    const limit = overLimit(each.predicted);
    if (limit) overLimits.push({ ...each, limit });
  }
  return { history, overLimits };
}

function* predict(nodes: PlanNode[], { groups, items }: { groups: PlanGroup[]; items: ItemsOf }): Iterable<Predicted> {
  const units = unitsOf({ nodes, groups });
  const events = rootEvents(units);
  const payload = handOverBytes(units.length);
  yield { workflow: 'pipeline', nodes, chunks: null, predicted: { events, payload, size: null } };
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const group of groups) yield* predictGroup(membersOf(group, byId), items(group.source));
  const longest = widest(units.filter((unit) => unit.group === null).flatMap((unit) => unit.nodes));
  if (!longest) return;
  const message = messageBytes([longest]);
  yield { workflow: 'job', nodes: [longest], chunks: null, predicted: { events: jobEvents(), payload: message, size: 2 * message } };
}

function* predictGroup(members: PlanNode[], count: number | null): Iterable<Predicted> {
  const { chunks, shards } = shardsOf(members, count ?? 0);
  const known = count === null ? null : chunks;
  const payload = messageBytes(members);
  const of = (workflow: 'group' | 'shard', events: number, messages: number): Predicted => ({
    workflow,
    nodes: members,
    chunks: known,
    predicted: { events: known === null ? null : events, payload, size: known === null ? null : messages * payload },
  });
  yield of('group', groupEvents(shards), 3 + shards);
  yield of('shard', shardEvents(members.length, chunks), 1 + members.length * Math.min(chunks, chunksOfShard(members.length)));
}

/** The node that reads most; the message that starts it is the largest. */
function widest(nodes: PlanNode[]): PlanNode | undefined {
  const reads = (node: PlanNode) => Object.values(node.inputs).reduce((sum, refs) => sum + refs.length, 0);
  let most: PlanNode | undefined;
  for (const node of nodes) if (!most || reads(node) > reads(most)) most = node;
  return most;
}

function worse(a: HistoryEstimate | undefined, b: HistoryEstimate): HistoryEstimate {
  if (!a) return b;
  return { events: max(a.events, b.events), payload: Math.max(a.payload, b.payload), size: max(a.size, b.size) };
}

function max(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}
