import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as otherWork } from 'node:timers/promises';
import type { Digest, EvaluationCounts, JsonObject } from '../../plan/index.ts';
import { classified } from '../../ports/failure.ts';
import type { Row } from '../../ports/artifacts.ts';
import { createTextNumbers, keepScores, readScores, textName } from '../../records/scores.ts';
import type { KnownScores, NamedScore } from '../../records/scores.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { inRanks, layOut, processFiles } from './programs.ts';
import { entryIn } from './progress.ts';
import type { ProcessNode, ProcessStep, Program } from './programs.ts';

interface Text {
  prompt: string;
  response: string;
}

/** The texts of a row that a model scores, in their order, by the type of the artifact that has the row. */
const textsOf: { readonly [type: string]: (row: never) => Text[] } = {
  pairs: ({ prompt, chosen, rejected }: { prompt: string; chosen: string; rejected: string }) => [
    { prompt, response: chosen },
    { prompt, response: rejected },
  ],
  choices: ({ prompt, options }: { prompt: string; options: string[] }) => options.map((response) => ({ prompt, response })),
  graded: ({ rm_prompt, text }: { rm_prompt: string; text: string }) => [{ prompt: rm_prompt, response: text }],
};

/** What every kind does that measures a model by its scores. */
export const scoring = { shape: 'process', gathers: true, takeIn: takeScores, isDone: isScored, program: scoringProgram } as const;

/** Tokens in a batch of texts to score: few enough for the memory of a small machine. */
const batchTokens = 4096;

/** Rows that are looked at in one go: reading and hashing must not keep the worker from its other work. */
const rowsAtOnce = 1000;

/** Takes the scores that processes of a job have written into the store, in place of their files. None of them may be running. */
async function takeScores(dependencies: Dependencies, work: ProcessNode): Promise<void> {
  const folder = scoringFolder(work);
  const parts = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith('scores-'));
  const scores: NamedScore[] = [];
  for (const part of parts.toSorted())
    for await (const line of createInterface({ input: createReadStream(join(folder, part)) })) scores.push(...entryIn<NamedScore>(line));
  await keepScores(dependencies, modelOf(work), scores);
  await rm(folder, { recursive: true, force: true });
}

/** Whether the store has a score for every text of a step. */
async function isScored(dependencies: Dependencies, step: ProcessStep): Promise<boolean> {
  const { placeOf } = await readScores(dependencies, modelOf(step));
  for await (const { texts } of textRows(dependencies, step))
    if (texts.some((text) => placeOf(textName(text)) === undefined)) return false;
  return true;
}

/**
 * The program that scores the texts of a step that have no score yet, and those of the steps that wait to do the same with the
 * same model, so that the model is loaded once. Null where there are none.
 */
async function scoringProgram(
  dependencies: Dependencies,
  work: ProcessNode,
  waiting: readonly ProcessStep[],
): Promise<Program | null> {
  const { node, folder } = work;
  const model = modelOf(work);
  const format = await promptFormat(dependencies, work);
  const steps: ProcessStep[] = [work];
  for (const step of waiting) if (await isAlike(dependencies, step, { pool: node.run.pool, model, format })) steps.push(step);
  const input = join(scoringFolder(work), 'texts.jsonl');
  const counts = await writeTexts(dependencies, steps, { known: await readScores(dependencies, model), input });
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const shares = new Map(steps.slice(1).map((step) => [step, (counts.get(step) ?? 0) / total]));
  const config = {
    ...processFiles(work),
    model: await layOut(dependencies, model, folder),
    input,
    prompt_format: format,
    batch_tokens: batchTokens,
    output: scoringFolder(work),
  };
  return { ...inRanks(dependencies, work, { script: 'score.py', config }), shares };
}

/** A row that a step scores, with the scores of its texts in their order. */
export interface ScoredRow {
  row: Row;
  scores: number[];
}

/**
 * The rows that a step scores, one after the other, and what happened to their texts, which is known when all rows have come. Throws for a
 * text without a score.
 */
export async function readScored(
  dependencies: Dependencies,
  step: ProcessStep,
): Promise<{ rows: AsyncIterable<ScoredRow>; counts: EvaluationCounts }> {
  const known = await readScores(dependencies, modelOf(step));
  const { meta } = await dependencies.artifacts.readManifest(scoredInput(step));
  const counts = { texts: 0, cut: 0, ...countsIn(meta) };
  return { rows: withScores(dependencies, step, { known, counts }), counts };
}

async function* withScores(
  dependencies: Dependencies,
  step: ProcessStep,
  { known, counts }: { known: KnownScores; counts: { texts: number; cut: number } },
): AsyncGenerator<ScoredRow> {
  const found = new Uint8Array(known.scores.length);
  let count = 0;
  const scoreOf = (text: Text): number => {
    const place = known.placeOf(textName(text));
    if (place === undefined) throw classified('job-failed', `${step.node.id}: a text of row ${count} has no score: retry the step`);
    if (found[place] === 0) {
      counts.texts += 1;
      if (known.cuts[place]) counts.cut += 1;
      found[place] = 1;
    }
    return known.scores[place] ?? Number.NaN;
  };
  for await (const { row, texts } of textRows(dependencies, step)) {
    yield { row, scores: texts.map(scoreOf) };
    count += 1;
  }
}

/** What the making of an input has counted. */
function countsIn(meta: JsonObject): EvaluationCounts {
  const names = ['late', 'unreadable', 'truncated', 'graders'].filter((name) => meta[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, meta[name]]));
}

async function isAlike(
  dependencies: Dependencies,
  step: ProcessStep,
  { pool, model, format }: { pool: string; model: Digest; format: string },
): Promise<boolean> {
  if (!kindOf(step.node.kind).scores || step.node.run.pool !== pool || modelOf(step) !== model) return false;
  return (await promptFormat(dependencies, step)) === format;
}

/** Writes the texts of steps that have no score, each once; how many each step has added. */
async function writeTexts(
  dependencies: Dependencies,
  steps: readonly ProcessStep[],
  { known, input }: { known: KnownScores; input: string },
): Promise<Map<ProcessStep, number>> {
  const written = createTextNumbers();
  const counts = new Map<ProcessStep, number>();
  const lines = async function* (): AsyncGenerator<string> {
    for (const step of steps) {
      const before = written.size();
      for await (const { texts } of textRows(dependencies, step))
        for (const text of texts) {
          const name = textName(text);
          if (known.placeOf(name) !== undefined || written.of(name) !== undefined) continue;
          written.add(name);
          yield `${JSON.stringify({ text: name, ...text })}\n`;
        }
      counts.set(step, written.size() - before);
    }
  };
  await mkdir(dirname(input), { recursive: true });
  await pipeline(Readable.from(lines()), createWriteStream(input));
  return counts;
}

async function* textRows({ artifacts }: Dependencies, step: ProcessStep): AsyncGenerator<{ row: Row; texts: Text[] }> {
  const { type } = await artifacts.readManifest(scoredInput(step));
  const read = textsOf[type];
  if (!read) throw new Error(`${step.node.id}: rows of ${type} have no texts to score`);
  let count = 0;
  for await (const row of artifacts.rows(scoredInput(step))) {
    if (++count % rowsAtOnce === 0) await otherWork();
    yield { row, texts: read(row as never) };
  }
}

async function promptFormat({ artifacts }: Dependencies, step: ProcessStep): Promise<string> {
  const { meta } = await artifacts.readManifest(scoredInput(step));
  return String(meta['prompt_format']);
}

const scoredInput = ({ node, inputs }: ProcessStep): Digest => inputs[kindOf(node.kind).scores?.input ?? '']?.[0] ?? '';

const modelOf = ({ inputs }: ProcessStep): Digest => inputs['model']?.[0] ?? '';

/** Where the processes of a job find texts and leave scores. */
const scoringFolder = ({ folder }: ProcessNode): string => join(folder.shared, 'scoring');
