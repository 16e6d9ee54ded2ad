import { basename } from 'node:path';
import { openStoredFiles, serversPrefix } from '../../adapters/index.ts';
import type { Digest } from '../../plan/index.ts';
import type { Store, StoredFile } from '../../ports/store.ts';
import { addArtifact, addBlobsOf, isReferred, isRoot, readRoots, type Roots } from '../../records/live.ts';

/** Files of one sort, such as `blobs` or `names/chunks`. */
export interface CollectedSort {
  sort: string;
  files: number;
  bytes: number;
}

interface CollectOptions {
  store: Store;
  /** Files that were written or used since then stay; milliseconds since the epoch. */
  before: number;
  /** Delete; otherwise only what would be deleted is counted. */
  remove: boolean;
}

/** The state of a collection: what stays, and what has gone so far. */
interface Collection extends CollectOptions {
  roots: Roots;
  live: Set<Digest>;
  sorts: Map<string, CollectedSort>;
}

/**
 * Deletes what no record of a store refers to, directly or through something else, and what has not been used since `before`. Names go
 * before what they refer to, so it may be interrupted at any moment: nothing that stays ever refers to something deleted.
 */
export async function collectUnused(options: CollectOptions): Promise<CollectedSort[]> {
  const { store } = options;
  const collection: Collection = { ...options, roots: await readRoots(store), live: new Set(), sorts: new Map() };
  for (const each of collection.roots.digests) await addArtifact(store, each, collection.live);
  await collectRoots(collection);
  await collectReferred(collection);
  await collectBlobs(collection);
  await collectProgress(collection);
  await collectJobs(collection);
  return [...collection.sorts.values()];
}

const nameOfFile = ({ file }: StoredFile): string => file.slice('names/'.length);

/** Results, groups and cleaning; what stays of them, and what is new of the rest, says which blobs stay. */
async function collectRoots(collection: Collection): Promise<void> {
  const { store, roots, live } = collection;
  for await (const file of store.files.list('names')) {
    const name = nameOfFile(file);
    const isWaiting = isBelonging(name) && isOld(collection, file);
    if (!isWaiting && ((await isRoot(store, name, roots)) || !(await drop(collection, file)))) await addBlobsOf(store, name, live);
  }
}

/** Chunks and shards of scores of something that no longer exists. */
async function collectReferred(collection: Collection): Promise<void> {
  const { store, live } = collection;
  for (const folder of belonging)
    for await (const file of store.files.list(`names/${folder}`))
      if ((await isReferred(store, nameOfFile(file), live)) || !(await drop(collection, file)))
        await addBlobsOf(store, nameOfFile(file), live);
}

/** Names that stay with something else. */
const belonging = ['chunks', 'scores'];

const isBelonging = (name: string): boolean => belonging.includes(name.split('/')[0] ?? '');

async function collectBlobs(collection: Collection): Promise<void> {
  for await (const file of collection.store.files.list('blobs'))
    if (!collection.live.has(basename(file.file))) await drop(collection, file);
}

async function collectProgress(collection: Collection): Promise<void> {
  for await (const file of collection.store.files.list('notes/progress'))
    if (!collection.roots.digests.has(basename(file.file, '.json'))) await drop(collection, file);
}

/**
 * Jobs on this machine of units that no record has, what sources and cleaning keep while they work, and model servers that are over:
 * workers write into the folder of one that runs.
 */
async function collectJobs(collection: Collection): Promise<void> {
  const files = openStoredFiles(collection.store.root);
  const servers = new Map<string, StoredFile[]>();
  for await (const file of files.list('jobs')) {
    const [, job = '', attempt] = file.file.split('/');
    const name = `${job}/${attempt}`;
    if (job.startsWith(serversPrefix)) servers.set(name, [...(servers.get(name) ?? []), file]);
    else if (!collection.roots.jobs.has(job)) await drop(collection, file, files);
  }
  for (const server of servers.values())
    if (server.every((file) => isOld(collection, file))) for (const file of server) await drop(collection, file, files);
}

const isOld = ({ before }: Collection, { used }: StoredFile): boolean => used < before;

/** Deletes a file that has not been used, or counts it; false if it stays. */
async function drop(collection: Collection, file: StoredFile, files = collection.store.files): Promise<boolean> {
  const { before, remove, sorts } = collection;
  if (!isOld(collection, file) || (remove && !(await files.remove(file.file, before)))) return false;
  const [area = '', folder = ''] = file.file.split('/');
  const sort = area === 'names' || area === 'notes' ? `${area}/${folder}` : area;
  const counted = sorts.get(sort) ?? { sort, files: 0, bytes: 0 };
  sorts.set(sort, { sort, files: counted.files + 1, bytes: counted.bytes + file.bytes });
  return true;
}
