import { createHash } from 'node:crypto';
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

/** Every score that a checkpoint has given, by the name of the text. Those of a shard that is damaged or gone count as never given. */
export async function readScores(kept: ScoreStore, checkpoint: Digest): Promise<Map<string, Score>> {
  const scores = new Map<string, Score>();
  for (const name of await kept.store.list(scoresPrefix(checkpoint)))
    for (const { text, score, cut } of await readShard(kept, name)) scores.set(text, { score, cut });
  return scores;
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
