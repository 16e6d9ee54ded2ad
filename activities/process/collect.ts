import { scoreColumns } from '../../plan/columns.ts';
import { canonicalBytes } from '../../plan/keys.ts';
import type { Digest, Json, JsonObject } from '../../plan/index.ts';
import type { ArtifactShard } from '../../ports/artifacts.ts';
import type { ProcessResult } from '../../ports/launcher.ts';
import { evaluateInThread } from '../../stats/index.ts';
import type { EvaluatorName, EvaluatorOptions, EvaluatorRow, ScoredPair } from '../../stats/index.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ProcessNode, ProcessStep } from './programs.ts';
import { readScored } from './scoring.ts';

/** The files that a training has left, as a checkpoint. */
export async function collectCheckpoint(
  { artifacts, store }: Dependencies,
  { node, result }: ProcessNode & { result: ProcessResult },
): Promise<Digest> {
  const shards: ArtifactShard[] = [];
  for (const { name, path } of result.files ?? []) shards.push({ ...(await store.putFile(path)), rows: 1, name });
  const meta = { ...result.meta, settings: node.settings } as JsonObject;
  return artifacts.writeManifest({ type: 'checkpoint', rows: 1, shards, meta });
}

/** How a kind measures: what computes its metrics, with its options, and what that takes of a row whose texts have these scores. */
interface Measuring<K extends EvaluatorName> {
  evaluator: K;
  options: EvaluatorOptions<K>;
  read: (row: never, scores: number[]) => EvaluatorRow<K>;
}

/** Metrics of what a step scores as an artifact, with the scores that they were computed from: one a text, by row and place in the row. */
export async function collectMetrics<K extends EvaluatorName>(
  dependencies: Dependencies,
  step: ProcessStep,
  { evaluator, options, read }: Measuring<K>,
): Promise<Digest> {
  const { artifacts, store } = dependencies;
  const { rows, counts } = await readScored(dependencies, step);
  const noted: NotedScores = { texts: [], scores: [] };
  async function* noting(): AsyncGenerator<EvaluatorRow<K>> {
    for await (const { row, scores: own } of rows) {
      noted.texts.push(own.length);
      noted.scores.push(...own);
      yield read(row as never, own);
    }
  }
  const metrics = await evaluateInThread(evaluator, { rows: noting(), options });
  const bytes = canonicalBytes({ ...metrics, counts } as unknown as Json);
  const shard = { digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name: 'metrics.json' };
  const written = await artifacts.writeParquet({ columns: scoreColumns, rows: scoreRows(noted) });
  return artifacts.writeManifest({
    type: 'metrics',
    rows: 1,
    shards: [shard, ...written.map((each, index) => ({ ...each, name: `scores-${index}.parquet` }))],
    meta: { kind: metrics.kind },
  });
}

/** How many texts each row has, and the scores of all. */
interface NotedScores {
  texts: number[];
  scores: number[];
}

function* scoreRows({ texts, scores }: NotedScores): Generator<{ row: number; text: number; score: number | undefined }> {
  let at = 0;
  for (const [row, count] of texts.entries()) for (let text = 0; text < count; text += 1, at += 1) yield { row, text, score: scores[at] };
}

interface HeldOutPair {
  prompt: string;
  chosen: string;
  rejected: string;
  origin: string;
  kind: string;
  level: string;
}

/** A held-out pair with the scores of its two sides. */
export function readPair({ prompt, chosen, rejected, origin, kind, level }: HeldOutPair, scores: number[]): ScoredPair {
  const [chosen_score = Number.NaN, rejected_score = Number.NaN] = scores;
  return { prompt, chosen, rejected, origin, kind, level, chosen_score, rejected_score };
}
