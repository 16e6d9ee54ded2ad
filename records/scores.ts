import { createHash } from 'node:crypto';
import { setImmediate as otherWork } from 'node:timers/promises';
import type { Digest } from '../plan/index.ts';
import type { Artifacts, ArtifactShard } from '../ports/artifacts.ts';
import type { Store } from '../ports/store.ts';
import { publishNamed, readNamed } from './named.ts';
import { scoresName, scoresPrefix } from './names.ts';

/** What a model says of a text; `cut`: the text was longer than the model takes, and its end or its beginning was left out. */
export interface Score {
  score: number;
  cut: boolean;
}

/** A score under the name of its text. */
export type NamedScore = { text: string } & Score;

interface ScoreStore {
  store: Store;
  artifacts: Artifacts;
}

/** Scores in one shard at most: a reader has a whole shard in memory. */
const shardRows = 50_000;

/** Name of a text, a prompt with an answer: half of its hash. */
export function textName({ prompt, response }: { prompt: string; response: string }): string {
  return createHash('sha256').update(`${prompt.length} ${prompt}${response}`).digest('hex').slice(0, 32);
}

/** Texts in the order in which they were added, from 0. */
export interface TextNumbers {
  /** Undefined for a text that was not added. */
  of(name: string): number | undefined;
  /** The next number, for a text that has none. */
  add(name: string): void;
  size(): number;
}

/**
 * Numbers for millions of texts, by their names: a map for each two digits that names begin with. A single map lets nothing else have a
 * turn while it grows, for a fifth of a second when it has a million entries.
 */
export function createTextNumbers(): TextNumbers {
  const maps = new Map<string, Map<string, number>>();
  let size = 0;
  return {
    of: (name) => maps.get(name.slice(0, 2))?.get(name),
    add(name) {
      const digits = name.slice(0, 2);
      const map = maps.get(digits) ?? new Map<string, number>();
      maps.set(digits, map.set(name, size));
      size += 1;
    },
    size: () => size,
  };
}

/** Scores of texts. Millions of numbers in two lists are less work for the collector of memory than as many objects. */
export interface KnownScores {
  /** Where in the lists the score of a text is; undefined: it has none. */
  placeOf(name: string): number | undefined;
  scores: readonly number[];
  cuts: readonly boolean[];
}

/** Scores that are noted in one go, before other work has a turn. */
const notedAtOnce = 5000;

/** Every score that a checkpoint has given. Those of a shard that is damaged or gone count as never given. */
export async function readScores(kept: ScoreStore, checkpoint: Digest): Promise<KnownScores> {
  const numbers = createTextNumbers();
  const scores: number[] = [];
  const cuts: boolean[] = [];
  for (const name of await kept.store.list(scoresPrefix(checkpoint)))
    for (const [index, { text, score, cut }] of (await readShard(kept, name)).entries()) {
      if (index % notedAtOnce === 0) await otherWork();
      if (numbers.of(text) === undefined) numbers.add(text);
      const place = numbers.of(text) ?? 0;
      [scores[place], cuts[place]] = [score, cut];
    }
  return { placeOf: numbers.of, scores, cuts };
}

async function readShard({ store, artifacts }: ScoreStore, name: string): Promise<NamedScore[]> {
  const shard = await readNamed<ArtifactShard>(store, name);
  if (!shard) return [];
  try {
    return await artifacts.readJsonl<NamedScore>(shard.digest);
  } catch (error) {
    if (await store.has(shard.digest)) throw error;
    await store.setAside(name);
    return [];
  }
}

/** Keeps scores that a checkpoint has given for every evaluation to come. */
export async function keepScores({ store, artifacts }: ScoreStore, checkpoint: Digest, scores: readonly NamedScore[]): Promise<void> {
  for (let from = 0; from < scores.length; from += shardRows) {
    const shard = await artifacts.writeJsonl(scores.slice(from, from + shardRows));
    await publishNamed(store, scoresName(checkpoint, shard.digest), shard);
  }
}
