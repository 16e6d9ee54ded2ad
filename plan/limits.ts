import type { PlanGroup, PlanNode } from './plan.ts';
import type { UnitCounts } from './walk.ts';

/** Events of one history after which the server ends a workflow (its default). */
export const mostEvents = 51_200;

/** Units that the root starts at once, that one lookup takes, and about as many that one page of its table of units holds. */
export const rootTakes = { atOnce: 200, lookup: 100, page: 1000 };

/** Events after which the server suggests to continue as new: histories aim to stay below. */
const suggestedEvents = 4096;

/** Worst case measured of one activity in a history: scheduled, started, completed and the workflow task behind it. */
const eventsPerActivity = 6;

/** Worst case of a child workflow: initiated, started, completed and a workflow task behind each of the last two. */
const eventsPerChild = 9;

/** Start and end of a workflow and its first workflow task. */
const eventsOfWorkflow = 5;

/** A failed attempt: the activity, and a timer with its workflow task before the next one. */
const eventsPerFailure = eventsPerActivity + 5;

/** The root writes down what has changed: a timer with its workflow task, and an activity. */
const eventsPerRecord = 5 + eventsPerActivity;

/** Items in a chunk at most, and at least, where the pipeline does not say. */
export const chunkItems = { least: 8, most: 1000 };

/** Chunks that a small group is cut into, so that its steps overlap. */
const chunkOverlap = 4;

/** Chunks that fit the history of one shard with five percent to spare. */
export function chunksOfShard(activitiesPerChunk: number): number {
  return Math.max(1, Math.floor((suggestedEvents / (eventsPerActivity * activitiesPerChunk)) * 0.95));
}

/** Items in each chunk of a group over so many items: what the pipeline says, or what lets its steps overlap. */
export function chunkSize(members: Pick<PlanNode, 'run'>[], items: number): number {
  const { least, most } = chunkItems;
  const wanted = members.map(({ run }) => run.chunk).find((size) => size !== null);
  return wanted ?? Math.min(most, Math.max(least, Math.ceil(items / chunkOverlap)));
}

/** Chunks and shards of a group over so many items. */
export function shardsOf(members: Pick<PlanNode, 'run'>[], items: number): { chunks: number; shards: number } {
  const chunks = Math.ceil(items / chunkSize(members, items));
  return { chunks, shards: Math.ceil(chunks / chunksOfShard(members.length)) };
}

/** Events of the history of a group with so many shards: it opens, starts each shard and closes. */
export function groupEvents(shards: number): number {
  return eventsOfWorkflow + 2 * eventsPerActivity + eventsPerChild * shards;
}

/** Events of the longest shard of a group with so many chunks. */
export function shardEvents(activitiesPerChunk: number, chunks: number): number {
  return eventsOfWorkflow + eventsPerActivity * activitiesPerChunk * Math.min(chunks, chunksOfShard(activitiesPerChunk));
}

/** Events of a node that is one activity and fails so often. */
export function jobEvents(failures = 0): number {
  return eventsOfWorkflow + eventsPerActivity + eventsPerFailure * failures;
}

/**
 * Events of the root's longest history: it compiles, reads its units, looks up each wave of units that became ready, waits
 * for each unit, writes down what changed and finishes. A unit that nothing reads makes no other ready. Where the server
 * suggests it, the root goes on in a new history, in which it reads its units again.
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
