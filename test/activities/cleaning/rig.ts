import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { cleanShards } from '../../../activities/cleaning/clean.ts';
import type { CleanInput, CleanShards } from '../../../activities/cleaning/clean.ts';
import type { DroppedRow } from '../../../activities/cleaning/files.ts';
import { openThreads } from '../../../activities/cleaning/threads.ts';
import type { Threads } from '../../../activities/cleaning/threads.ts';
import { metaOfSorted, type OriginRow } from '../../../activities/group/slices.ts';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';
import type { Manifest } from '../../../ports/artifacts.ts';
import { digestOfText, type RulesOptions } from '../../../items/index.ts';
import type { Store } from '../../../ports/store.ts';

/** A text at a path. */
export type File = [path: string, text: string];

export async function openStore(): Promise<Store> {
  const root = await mkdtemp(join(tmpdir(), 'codepmp-cleaning-'));
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return openFileStore({ root });
}

/** A corpus of these files, in shards of so many rows. */
export async function corpusOf(store: Store, files: readonly File[], rowsOfShard: number): Promise<Manifest> {
  const seen = new Map<string, number>();
  const rows = files.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([path, text]): OriginRow => {
    const origin = digestOfText(text);
    const ordinal = seen.get(origin) ?? 0;
    seen.set(origin, ordinal + 1);
    return { origin, ordinal, repository: path.split('/')[0] ?? '', path, commit: '', licence: 'MIT', language: 'Python', text };
  });
  const sorted = rows.sort((a, b) => (a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : a.ordinal - b.ordinal));
  const artifacts = createArtifacts(store);
  const shards = [];
  const starts: string[] = [];
  for (let at = 0; at < sorted.length; at += rowsOfShard) {
    shards.push(await artifacts.writeJsonl(sorted.slice(at, at + rowsOfShard)));
    starts.push(sorted[at]?.origin ?? '');
  }
  return { format: 1, type: 'corpus', rows: rows.length, shards, meta: { starts } };
}

export interface Cleaned extends CleanShards {
  manifest: Manifest;
  rows: OriginRow[];
  gone: DroppedRow[];
}

/** Rules that leave every text as it is. */
export const noRules: RulesOptions = {
  profile: 'none',
  leave_out: [],
  languages: [],
  licences: [],
  secrets: 'keep',
  personal_data: 'keep',
  benchmarks: null,
};

/** Threads for all tests of a file: starting some takes longer than most ranks. */
const threads = openThreads({ size: 2, signal: new AbortController().signal });
afterAll(() => threads[Symbol.asyncDispose]());

/** Cleans a corpus as the step does, with what it made read back. `onRank` is called with every rank that is done and not only read. */
export async function cleaned(store: Store, manifest: Manifest, options: Partial<CleanInput> = {}, onRank?: () => void): Promise<Cleaned> {
  const input: CleanInput = {
    manifest,
    earlier: null,
    rules: noRules,
    near: 0.7,
    sizes: { shardRows: 50, entriesOfRank: 100_000 },
    ...options,
  };
  const counted: Threads = {
    ...threads,
    run(stage, job) {
      onRank?.();
      return threads.run(stage, job);
    },
  };
  const made = await cleanShards({ store, threads: counted }, input);
  const artifacts = createArtifacts(store);
  const rows = (await Promise.all(made.shards.map(({ digest }) => artifacts.readJsonl<OriginRow>(digest)))).flat();
  const gone = (await Promise.all(made.dropped.map(({ digest }) => artifacts.readJsonl<DroppedRow>(digest)))).flat();
  const { shards } = made;
  return { ...made, rows, gone, manifest: { format: 1, type: 'corpus', rows: rows.length, shards, meta: metaOfSorted(made) } };
}

/** Numbers in [0, 1) that a seed decides. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Files of which some are copies of others, equal ones or with some words changed. */
export function filesWithCopies(count: number, random: () => number): File[] {
  const texts: string[] = [];
  const word = (): string => `w${Math.floor(random() * 5000)}`;
  for (let index = 0; index < count; index += 1) {
    const original = texts[Math.floor(random() * texts.length)];
    const kind = random();
    if (original === undefined || kind < 0.5) texts.push(Array.from({ length: 20 + Math.floor(random() * 200) }, word).join(' '));
    else if (kind < 0.65) texts.push(original);
    else texts.push(original.split(' ').map((each) => (random() < 0.08 * random() ? word() : each)).join(' '));
  }
  return texts.map((text, index) => [`r${index % 7}/f${index}.py`, text]);
}

/** The Jaccard similarity of the sets of five words of two texts. */
export function jaccard(one: string, other: string): number {
  const [a, b] = [shinglesOfWords(one), shinglesOfWords(other)];
  const shared = [...a].filter((each) => b.has(each)).length;
  return shared / (a.size + b.size - shared);
}

function shinglesOfWords(text: string): Set<string> {
  const words = text.match(/\w+/g) ?? [];
  return new Set(words.slice(4).map((_, at) => words.slice(at, at + 5).join(' ')));
}
