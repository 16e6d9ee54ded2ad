import { join } from 'node:path';
import type { Digest } from '../plan/index.ts';
import type { Store } from '../ports/store.ts';

/** The sorts of what a store has under write-once names and in notes: each is a folder below `names` or `notes`, or a note of its own. */
export const sorts = {
  names: ['results', 'chunks', 'groups', 'scores', 'cleaning', 'rounds', 'runs'],
  notes: ['forgotten.json', 'pins', 'exports', 'copies', 'endpoints', 'workers', 'progress', 'runs'],
} as const;

/** A write-once name of one of the sorts. */
export type WrittenName = `${(typeof sorts.names)[number]}/${string}`;

/** The name of a note of one of the sorts. */
export type NoteName = `${(typeof sorts.notes)[number]}/${string}` | typeof forgottenName;

/** Write-once: the outputs of a node, by the key of what it does and reads. */
export const resultName = (key: Digest): WrittenName => `results/${key}`;

/** Result keys of the store. */
export async function resultKeys(store: Store): Promise<Set<Digest>> {
  return new Set((await store.list('results/')).map((name) => name.slice('results/'.length)));
}

/** Write-once: the output shard of one step for one chunk, by the key of what the step does and the rows that enter it. */
export const chunkName = (key: Digest): WrittenName => `chunks/${key}`;

/** Keys of the chunks of the store. */
export async function chunkKeys(store: Store): Promise<Digest[]> {
  return (await store.list('chunks/')).map((name) => name.slice('chunks/'.length));
}

/** A chunk of a member of a group. `table` is the digest of the chunks' ranges; members go by their position in the group. */
export interface ChunkPlace {
  group: Digest;
  table: Digest;
  member: number;
  chunk: number;
}

/** Write-once: the shard of a chunk of a group. */
export const groupChunkName = ({ group, table, member, chunk }: ChunkPlace): WrittenName => `groups/${group}/${table}/${member}/${chunk}`;

/** The finished chunks of all groups, or of one. */
export async function groupChunks(store: Store, group?: Digest): Promise<ChunkPlace[]> {
  return (await store.list(group === undefined ? 'groups/' : `groups/${group}/`)).map((name): ChunkPlace => {
    const [, of = '', table = '', member, chunk] = name.split('/');
    return { group: of, table, member: Number(member), chunk: Number(chunk) };
  });
}

/** The chunks that a member of a group has finished, in their order. */
export async function finishedChunks(store: Store, { group, member }: Pick<ChunkPlace, 'group' | 'member'>): Promise<ChunkPlace[]> {
  const places = await groupChunks(store, group);
  return places.filter((place) => place.member === member).toSorted((a, b) => a.chunk - b.chunk);
}

/** Version of how a model scores a text; kept scores of another version are not read. */
export const scoresVersion = 3;

/** Beginning of the names of the scores that a checkpoint has given. */
export const scoresPrefix = (checkpoint: Digest): WrittenName => `scores/${scoresVersion}/${checkpoint}/`;

/** Write-once: a shard of these scores, by its digest. */
export const scoresName = (checkpoint: Digest, shard: Digest): WrittenName => `${scoresPrefix(checkpoint)}${shard}`;

/** Write-once: what a rank of a stage of cleaning made, by the key of what it does and reads. */
export const rankName = (stage: string, key: Digest): WrittenName => `cleaning/${stage}/${key}`;

/** Note: the run that last refreshed a node whose source changes by itself, by the hash of what the node does. */
export const pinName = (parts: Digest): NoteName => `pins/${parts}.json`;

/** Note: where texts come from that no run of the store may use. */
export const forgottenName = 'forgotten.json';

/** Beginning of the write-once names of the rounds in which a step was asked again, by the hash of what it does. */
export const roundsPrefix = (parts: Digest): WrittenName => `rounds/${parts}/`;

/** Note: how many requests an endpoint may have in flight, where that was changed while workers run. */
export const endpointLimitName = (endpoint: string): NoteName => `endpoints/${endpoint}.json`;

/** Endpoints that have such a note. */
export const endpointsWithLimits = (store: Store): Promise<string[]> => namedIn(store, 'endpoints/');

/** Note: what a worker claims of the limits that it shares with others, while it asks endpoints. */
export const workerSharesName = (worker: string): NoteName => `workers/${worker}.json`;

/** Workers that have such a note. */
export const workersWithShares = (store: Store): Promise<string[]> => namedIn(store, 'workers/');

async function namedIn(store: Store, folder: string): Promise<string[]> {
  return (await store.listNotes(folder)).map((name) => name.slice(folder.length, -'.json'.length));
}

/** Note: live progress of a unit. */
export const unitNoteName = (unit: Digest): NoteName => `progress/${unit}.json`;

/** Whether a run may have this id: it is used in file names, and in commands without quotes. */
export const isRunId = (run: string): boolean => /^\w[\w.:@%+=,-]{0,199}$/.test(run);

/** Note: the state of a run and of its units. */
export const runNoteName = (run: string): NoteName => `runs/${run}/progress.json`;

/** Names of the runs that have a record. */
export async function runNames(store: Store): Promise<string[]> {
  return (await store.listNotes('runs/')).flatMap((name) => /^runs\/(.+)\/progress\.json$/.exec(name)?.[1] ?? []);
}

/** Write-once: what a run was started from. `started` is in milliseconds since the epoch, because a name may be reused. */
export const submissionName = ({ run, started }: { run: string; started: number }): WrittenName => `runs/${run}/submission-${started}`;

/** Absolute path of the folder that a run's report is written to. */
export const reportFolder = (store: Store, run: string): string => join(store.root, 'runs', run, 'report');

/** Name of the job that makes a unit: half of its key, since paths of sockets are short. */
export const jobName = (unit: Digest): string => unit.slice(0, 32);

/** Absolute path of a job's folder, which has a folder for each attempt. */
export const jobFolder = (store: Store, unit: Digest): string => join(store.root, 'jobs', jobName(unit));

/** How the lines begin that one of several processes of a job writes, in the logs that they share. */
export const rankPrefix = (rank: string): string => `rank ${rank}: `;
