import type { PlanGroup, PlanNode } from './plan.ts';
import type { UnitCounts } from './walk.ts';

/** The server ends a workflow whose history has more events (its default). */
export const mostEvents = 51_200;

/** The most units that the root starts at once, that one lookup takes, and (about) that one page of the table of units has. */
export const rootTakes = { atOnce: 200, lookup: 100, page: 1000 };

/** Events after which the server suggests continuing as new: histories should stay below. */
const suggestedEvents = 4096;

/** The most events measured for one activity: scheduled, started, completed and the workflow task after it. */
const eventsPerActivity = 6;

/** The most events of a child workflow: initiated, started, completed and a workflow task after each of the last two. */
const eventsPerChild = 9;

/** Start and end of a workflow and its first workflow task. */
const eventsOfWorkflow = 5;

/** Events of a failed attempt: the activity, and a timer with its workflow task before the next one. */
const eventsPerFailure = eventsPerActivity + 5;

/** Events when the root records what has changed: a timer with its workflow task, and an activity. */
const eventsPerRecord = 5 + eventsPerActivity;

/** The fewest items and the most requests of a step in a chunk, unless the pipeline says otherwise. */
export const chunkItems = { least: 8, most: 1000 };

/** The number of chunks of a small group, enough for its steps to overlap. */
const chunkOverlap = 4;

/** How many chunks fit into the history of one shard with five percent to spare. */
export function chunksOfShard(activitiesPerChunk: number): number {
  return Math.max(1, Math.floor((suggestedEvents / (eventsPerActivity * activitiesPerChunk)) * 0.95));
}

/** Items of a group, and the most that a step makes of one of them. */
interface GroupItems {
  items: number;
  each?: number;
}

/** The most items in a chunk of a group: as the pipeline says, or few enough for its steps to overlap. */
export function chunkSize(members: Pick<PlanNode, 'run'>[], { items, each = 1 }: GroupItems): number {
  const { least, most } = chunkItems;
  const wanted = members.map(({ run }) => run.chunk).find((size) => size !== null);
  return wanted ?? Math.max(1, Math.min(Math.floor(most / each), Math.max(least, Math.ceil(items / chunkOverlap))));
}

/** The numbers of chunks and shards of a group. A chunk that would have more items than may be is halved, so most are fuller than half. */
export function shardsOf(members: Pick<PlanNode, 'run'>[], group: GroupItems): { chunks: number; shards: number } {
  const size = chunkSize(members, group);
  const chunks = group.items <= size ? Math.ceil(group.items / size) : Math.ceil((2 * group.items) / size);
  return { chunks, shards: Math.ceil(chunks / chunksOfShard(members.length)) };
}

/** Events in the longest history of a group with this many shards: it opens, starts each shard and closes, or continues in a new one. */
export function groupEvents(shards: number): number {
  return Math.min(eventsOfWorkflow + 2 * eventsPerActivity + eventsPerChild * shards, suggestedEvents);
}

/** Events in the history of the longest shard of a group with this many chunks. */
export function shardEvents(activitiesPerChunk: number, chunks: number): number {
  return eventsOfWorkflow + eventsPerActivity * activitiesPerChunk * Math.min(chunks, chunksOfShard(activitiesPerChunk));
}

/** Events in the history of a node that is one activity and fails this often. */
export function jobEvents(failures = 0): number {
  return eventsOfWorkflow + eventsPerActivity + eventsPerFailure * failures;
}

/**
 * Events in the root's longest history: it compiles, reads its units, looks up each wave of units that became ready, waits for each unit,
 * records what changed and finishes. A unit that nothing reads makes no other ready. When the server suggests it, the root continues
 * in a new history, in which it reads its units again.
 */
export function rootEvents({ units, read }: UnitCounts): number {
  const pages = Math.ceil(units / rootTakes.page);
  const whole = eventsOfWorkflow + eventsPerActivity * (2 + pages + 1 + read) + (eventsPerActivity + eventsPerRecord) * units;
  const again = eventsPerActivity * pages;
  return Math.min(whole, Math.max(suggestedEvents, again) + eventsPerActivity * rootTakes.atOnce);
}

/** Members of a group, in its order. */
export function membersOf(group: PlanGroup, nodes: Map<string, PlanNode>): PlanNode[] {
  return group.members.flatMap((id) => nodes.get(id) ?? []);
}
