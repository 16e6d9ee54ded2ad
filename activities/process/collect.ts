import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalBytes } from '../../plan/keys.ts';
import type { Digest, Json, JsonObject, Metrics } from '../../plan/index.ts';
import { evaluateAccuracy, evaluateBon, evaluateChoice } from '../../stats/index.ts';
import { classified } from '../../ports/failure.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ArtifactShard, Row } from '../../ports/artifacts.ts';
import type { ProcessNode } from './programs.ts';
import type { ProcessResult } from './run.ts';

/** What a finished process made, as artifacts: output name → digest. */
export async function collect(
  dependencies: Dependencies,
  work: ProcessNode & { result: ProcessResult },
): Promise<{ [output: string]: Digest }> {
  const { node } = work;
  switch (node.kind) {
    case 'train/pmp':
    case 'train/rm':
      return { out: await collectCheckpoint(dependencies, work) };
    case 'grade':
      return { out: await collectGraded(dependencies, work) };
    case 'eval/accuracy':
      return { out: await collectMetrics(dependencies, await accuracy(dependencies, work)) };
    case 'eval/choice':
      return { out: await collectMetrics(dependencies, await choice(dependencies, work)) };
    case 'eval/bon':
      return { out: await collectMetrics(dependencies, await bestOfN(dependencies, work)) };
    default:
      throw new Error(`${node.id}: ${node.kind} is no process`);
  }
}

async function collectCheckpoint(
  { artifacts, store }: Dependencies,
  { node, result }: ProcessNode & { result: ProcessResult },
): Promise<Digest> {
  const shards: ArtifactShard[] = [];
  for (const { name, path } of result.files ?? []) shards.push({ ...(await store.putFile(path)), rows: 1, name });
  const meta = { ...result.meta, settings: node.settings } as JsonObject;
  return artifacts.writeManifest({ type: 'checkpoint', rows: 1, shards, meta });
}

async function collectGraded({ artifacts, store }: Dependencies, { inputs, folder }: ProcessNode): Promise<Digest> {
  const { rows, meta } = await artifacts.readManifest(inputs['candidates']?.[0] ?? '');
  const shard = { ...(await store.putFile(join(folder.attempt, 'graded.parquet'))), rows };
  return artifacts.writeManifest({ type: 'graded', rows, shards: [shard], meta });
}

async function collectMetrics({ artifacts, store }: Dependencies, metrics: Metrics): Promise<Digest> {
  const bytes = canonicalBytes(metrics as unknown as Json);
  const shard = { digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name: 'metrics.json' };
  return artifacts.writeManifest({ type: 'metrics', rows: 1, shards: [shard], meta: { kind: metrics.kind } });
}

interface Scored<R> {
  rows: R[];
  scores: Row[];
}

async function accuracy(dependencies: Dependencies, work: ProcessNode): Promise<Metrics> {
  type Pair = { chosen: string; rejected: string; kind: string };
  const { rows, scores } = await scored<Pair>(dependencies, work, 'pairs');
  return evaluateAccuracy({
    rows: rows.map((row, index) => ({
      chosen: row.chosen,
      rejected: row.rejected,
      kind: row.kind,
      chosen_score: Number(scores[index]?.['chosen']),
      rejected_score: Number(scores[index]?.['rejected']),
    })),
  });
}

async function choice(dependencies: Dependencies, work: ProcessNode): Promise<Metrics> {
  type Choice = { question: number; prompt: string; options: string[]; label: number };
  const { rows, scores } = await scored<Choice>(dependencies, work, 'choices');
  const byQuestion = new Map(scores.map((score) => [Number(score['question']), score['scores'] as number[]]));
  return evaluateChoice({
    rows: rows.map(({ question, prompt, options, label }) => ({ prompt, options, label, scores: byQuestion.get(question) ?? [] })),
  });
}

async function bestOfN(dependencies: Dependencies, work: ProcessNode): Promise<Metrics> {
  type Candidate = { question: number; ordinal: number; text: string; answer: string | null; correct: boolean };
  const { rows, scores } = await scored<Candidate>(dependencies, work, 'candidates');
  const place = (question: unknown, ordinal: unknown) => `${Number(question)}/${Number(ordinal)}`;
  const byPlace = new Map(scores.map((score) => [place(score['question'], score['ordinal']), Number(score['score'])]));
  return evaluateBon({
    n: work.node.settings['n'] as number[],
    rows: rows.map((row) => ({ ...row, score: byPlace.get(place(row.question, row.ordinal)) ?? Number.NaN })),
  });
}

/** The rows a process scored and its scores; a score for every row, or the process did not do its work. */
async function scored<R extends object>(
  { artifacts }: Dependencies,
  { node, inputs, folder }: ProcessNode,
  input: string,
): Promise<Scored<R>> {
  const rows: R[] = [];
  for await (const row of artifacts.rows<R>(inputs[input]?.[0] ?? '')) rows.push(row);
  const path = join(folder.attempt, 'scores.jsonl');
  const scores = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
  if (scores.length !== rows.length)
    throw classified('job-failed', `${node.id}: ${path} has ${scores.length} scores, expected one for each of ${rows.length} rows`);
  return { rows, scores };
}
