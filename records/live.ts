import { parseJson, type Digest, type JsonObject, type NodeResult } from '../plan/index.ts';
import { hashOf } from '../plan/keys.ts';
import type { Store } from '../ports/store.ts';
import { listExports } from './exports.ts';
import { listHeld, readHeld } from './held.ts';
import { jobName, pinName, scoresPrefix } from './names.ts';
import { readResult } from './results.ts';
import { recordTexts } from './run.ts';

/** What the records of a store refer to: everything else in it can be made again from the sources and the ledger. */
export interface Roots {
  /** Digests in the records of runs and exports: plans, artifacts, keys of results and groups. */
  digests: Set<Digest>;
  /** Names of the jobs of these keys. */
  jobs: Set<string>;
  /** The run that last refreshed a source, by the name of the note. */
  pins: Map<string, string>;
}

const digest = /\b[0-9a-f]{64}\b/g;

/** All digests that a text mentions. */
export const digestsIn = (bytes: Uint8Array): Digest[] => digestsOf(new TextDecoder().decode(bytes));

const digestsOf = (text: string): Digest[] => text.match(digest) ?? [];

/** Reads what the records of a store refer to; throws a ClassifiedError where one of them is damaged. */
export async function readRoots(store: Store): Promise<Roots> {
  const digests = new Set<Digest>();
  for await (const text of recordTexts(store)) for (const each of digestsOf(text)) digests.add(each);
  for (const { artifacts } of await listExports(store)) for (const each of artifacts) digests.add(each);
  const pins = new Map<string, string>();
  for (const name of await listHeld(store, 'pins/')) {
    const pin = await readHeld<{ run: string }>(store, name);
    if (pin) pins.set(name, pin.run);
  }
  return { digests, jobs: new Set([...digests].map(jobName)), pins };
}

/**
 * Whether a name has to stay however old it is. Answers, rounds and submissions always do, and the results and groups that a record or a
 * pin refers to, with what is left of such a result since something was forgotten. Of the rest, chunks and scores stay with what they
 * belong to, and what ranks of cleaning have made does not.
 */
export async function isRoot(store: Store, name: string, roots: Roots): Promise<boolean> {
  const [sort, key = ''] = name.split('/');
  if (sort === 'results') return roots.digests.has(key) || (await replacesRoot(store, key, roots));
  if (sort === 'groups') return roots.digests.has(key);
  return !['chunks', 'scores', 'cleaning'].includes(sort ?? '');
}

/** Whether a result is what a run has refreshed, or what is left of a recorded one. */
async function replacesRoot(store: Store, key: Digest, { digests, pins }: Roots): Promise<boolean> {
  const result = await readResult(store, key);
  if (!result) return false;
  if (result.from?.some((each) => digests.has(each))) return true;
  const { content, inputs: _inputs, round: _round, again: _again, forgotten: _forgotten, ...parts } = result.parts;
  return typeof content === 'string' && pins.get(pinName(hashOf(parts as JsonObject))) === content;
}

/** Adds the blobs that a name refers to, with those that they refer to, to `live`. */
export async function addBlobsOf(store: Store, name: string, live: Set<Digest>): Promise<void> {
  const [sort, , table = ''] = name.split('/');
  if (sort === 'rounds') return; // it refers to none, and is not read: its name says all
  const bytes = await store.read(name);
  if (bytes === null) return;
  if (sort !== 'results') for (const each of digestsIn(bytes)) live.add(each);
  if (sort === 'results') for (const each of Object.values(parseJson<NodeResult>(bytes).outputs)) await addArtifact(store, each, live);
  if (sort === 'groups') await addTable(store, table, live);
}

/** Adds an artifact with every blob that its manifest mentions; of an artifact that no longer exists, there is nothing to add. */
export async function addArtifact(store: Store, manifest: Digest, live: Set<Digest>): Promise<void> {
  if (live.has(manifest) || !(await store.has(manifest))) return;
  live.add(manifest);
  const bytes = await store.getBytes(manifest).catch(() => new Uint8Array());
  if (isManifest(bytes)) for (const each of digestsIn(bytes)) live.add(each);
}

/** The table of a group mentions the artifacts that enter it, sorted. */
async function addTable(store: Store, table: Digest, live: Set<Digest>): Promise<void> {
  if (live.has(table) || !(await store.has(table))) return;
  live.add(table);
  for (const each of digestsIn(await store.getBytes(table).catch(() => new Uint8Array()))) await addArtifact(store, each, live);
}

/** Whether a chunk or a shard of scores belongs to something that stays. */
export async function isReferred(store: Store, name: string, live: Set<Digest>): Promise<boolean> {
  const [sort, , checkpoint = ''] = name.split('/');
  if (sort === 'scores') return live.has(checkpoint) && name.startsWith(scoresPrefix(checkpoint));
  const bytes = await store.read(name);
  return bytes !== null && digestsIn(bytes).some((each) => live.has(each));
}

function isManifest(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 12)) === '{"format":1,';
}
