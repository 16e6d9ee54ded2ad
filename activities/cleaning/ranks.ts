import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, Json } from '../../plan/index.ts';
import { hashOf } from '../../plan/keys.ts';
import { orDiskFull } from '../../ports/failure.ts';
import type { Store } from '../../ports/store.ts';
import { publishNamed, readNamed } from '../../records/named.ts';
import { rankName } from '../../records/names.ts';
import type { JobOf, MadeBy, StageName } from './stages.ts';
import type { Threads } from './threads.ts';

/** What a rank made, in the store. */
export interface RankRecord<S extends StageName> {
  files: { [file in keyof MadeBy<S>['files']]: Digest };
  bytes: { [file in keyof MadeBy<S>['files']]: number };
  facts: MadeBy<S>['facts'];
}

interface Rank<S extends StageName> {
  stage: S;
  /** Everything that decides what the rank makes. */
  key: Json;
  /** The job, asked for only if the rank was not done before. */
  job: () => Promise<Omit<JobOf<S>, 'folder'>>;
}

interface RankPlace {
  store: Store;
  threads: Threads;
}

/** Does a rank once: its files are kept in the store under its key, and a rank that was done before is only read. */
export async function doRank<S extends StageName>({ store, threads }: RankPlace, { stage, key, job }: Rank<S>): Promise<RankRecord<S>> {
  const name = rankName(stage, hashOf(key));
  await store.renew(name);
  const known = await readNamed<RankRecord<S>>(store, name);
  if (known && (await isWhole(store, known))) return known;
  const folder = await mkdtemp(join(await store.scratch('cleaning'), `${stage}-`));
  try {
    await store.assertSpace();
    const { files, facts } = await threads.run(stage, { ...(await job()), folder } as JobOf<S>);
    const kept = await Promise.all(Object.entries<string>(files).map(async ([file, path]) => [file, await store.putFile(path)] as const));
    const digests = Object.fromEntries(kept.map(([file, { digest }]) => [file, digest]));
    const bytes = Object.fromEntries(kept.map(([file, { bytes: size }]) => [file, size]));
    return await publishNamed(store, name, { files: digests, bytes, facts } as RankRecord<S>);
  } catch (error) {
    throw orDiskFull(error, store.root);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isWhole<S extends StageName>(store: Store, { files }: RankRecord<S>): Promise<boolean> {
  return (await Promise.all(Object.values<Digest>(files).map((digest) => store.has(digest)))).every(Boolean);
}

/**
 * Does something with every item, `size` of them at a time, as many as there are threads for ranks; results are in the order of the
 * items. Items are taken in a random order, so that workers that do the same ranks rarely do the same one at once.
 */
export async function forEach<T, R>(
  items: readonly T[],
  { size }: Pick<Threads, 'size'>,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = Array.from({ length: items.length });
  const next = shuffled([...items.entries()]).values();
  const lane = async (): Promise<void> => {
    for (const [index, item] of next) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: size }, lane));
  return results;
}

function shuffled<T>(items: readonly T[]): T[] {
  const places = items.map((item) => ({ item, place: Math.random() }));
  return places.sort((a, b) => a.place - b.place).map(({ item }) => item);
}
