import type { PlanEstimate } from './estimate.ts';
import type { PlanGroup, PlanNode } from './plan.ts';
import type { Unit } from './walk.ts';

/** Events of one history after which the server ends a workflow (its default). */
export const mostEvents = 51_200;

/** Bytes of one history after which the server ends a workflow (its default). */
export const mostHistory = 50 * 1024 * 1024;

/** Units that the root starts at once, that one lookup takes, and about as many that one page of its table of units holds. */
export const rootTakes = { atOnce: 200, lookup: 100, page: 1000 };

/** Events after which the server suggests to continue as new: histories aim to stay below. */
export const suggestedEvents = 4096;

/** Bytes of one message after which the server refuses it (its default). */
export const mostPayload = 2 * 1024 * 1024;

/** Bytes of a message from which the server warns (its default). */
export const warnedPayload = 256 * 1024;

/** Worst case measured of one activity in a history: scheduled, started, completed and the workflow task behind it. */
export const eventsPerActivity = 6;

/** Worst case of a child workflow: initiated, started, completed and a workflow task behind each of the last two. */
export const eventsPerChild = 9;

/** Start and end of a workflow and its first workflow task. */
export const eventsOfWorkflow = 5;

/** A failed attempt: the activity, and a timer with its workflow task before the next one. */
export const eventsPerFailure = eventsPerActivity + 5;

/** The root writes down what has changed: a timer with its workflow task, and an activity. */
export const eventsPerRecord = 5 + eventsPerActivity;

/** Items in a chunk at most, and at least, where the pipeline does not say. */
export const chunkItems = { least: 8, most: 1000 };

/** Chunks that a small group is cut into, so that its steps overlap. */
export const chunkOverlap = 4;

/** Chunks that fit the history of one shard with five percent to spare. */
export function chunksOfShard(activitiesPerChunk: number): number {
  return Math.max(1, Math.floor((suggestedEvents / (eventsPerActivity * activitiesPerChunk)) * 0.95));
}

/** Chunks and shards of a group over so many items. */
export function shardsOf(members: Pick<PlanNode, 'run'>[], items: number): { chunks: number; shards: number } {
  const { least, most } = chunkItems;
  const wanted = members.map(({ run }) => run.chunk).find((size) => size !== null);
  const size = wanted ?? Math.min(most, Math.max(least, Math.ceil(items / chunkOverlap)));
  const chunks = Math.ceil(items / size);
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
 * suggests it, the root goes on in a new history, in which it looks everything up again.
 */
export function rootEvents(units: Pick<Unit, 'id' | 'needs'>[]): number {
  const read = new Set(units.flatMap(({ needs }) => needs)).size;
  const pages = Math.ceil(units.length / rootTakes.page);
  const whole = eventsOfWorkflow + eventsPerActivity * (2 + pages + 1 + read) + (eventsPerActivity + eventsPerRecord) * units.length;
  const again = eventsPerActivity * (pages + Math.ceil(units.length / rootTakes.lookup));
  return Math.min(whole, Math.max(suggestedEvents, again) + eventsPerActivity * rootTakes.atOnce);
}

/** Bytes that one execution of the root hands to the next: the place of every unit that ran. */
export function handOverBytes(units: number): number {
  return units * (String(units).length + 1);
}

/** Bytes of an artifact that a node reads, in the message that starts it: its address, digest, the key and title of its maker. */
const bytesPerInput = 450;

/** How much longer a node is in a message than in the plan: what its key was hashed from goes along. */
const messageFactor = 1.6;

/** Bytes of the message that starts a unit; every activity of a group carries it again. */
export function messageBytes(nodes: PlanNode[]): number {
  const inputs = nodes.reduce((sum, node) => sum + Object.values(node.inputs).reduce((count, refs) => count + refs.length, 0), 0);
  const own = nodes.reduce((sum, node) => sum + JSON.stringify({ ...node, inputs: {} }).length, 0);
  return Math.round(own * messageFactor + inputs * bytesPerInput);
}

/** What is over a limit in the histories of a workflow; null: it fits. */
export function overLimit({ events, payload, size }: PlanEstimate['history'][string]): 'events' | 'payload' | 'size' | null {
  if ((events ?? 0) > mostEvents) return 'events';
  if (payload > mostPayload) return 'payload';
  return (size ?? 0) > mostHistory ? 'size' : null;
}

/** Members of a group, in its order. */
export function membersOf(group: PlanGroup, nodes: Map<string, PlanNode>): PlanNode[] {
  return group.members.flatMap((id) => nodes.get(id) ?? []);
}
