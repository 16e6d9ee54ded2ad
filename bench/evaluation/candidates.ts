/**
 * Candidates for 1,319 questions, 256 each, or for as many as `CODEPMP_BENCH_QUESTIONS` says: closing their step, taking in their scores,
 * and Best-of-N from both, as the worker does it. Nothing else waits for more than 200 ms of CPU.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { candidates } from '../../activities/kinds/candidates.ts';
import { evalBon } from '../../activities/kinds/eval/bon.ts';
import { textName } from '../../records/scores.ts';
import { createArtifacts, openFileStore } from '../../adapters/index.ts';
import { readTemplate } from '../../compile/index.ts';
import { gradedColumns } from '../../plan/columns.ts';
import { home } from '../../test/e2e/rig.ts';
import type { Dependencies } from '../../activities/index.ts';
import { watchBreaks } from '../breaks/longest.ts';

const questions = Number(process.env['CODEPMP_BENCH_QUESTIONS'] ?? 1319);
const samples = 256;
const longestBreak = 200;

const root = await mkdtemp(join(tmpdir(), 'codepmp-bench-candidates-'));
const store = await openFileStore({ root });
const artifacts = createArtifacts(store);
const dependencies = { store, artifacts, home, compiler: { readTemplate } } as Partial<Dependencies> as Dependencies;
const model = '0'.repeat(64);

/** A chunk of candidates, of three questions. */
function* chunkAt(from: number) {
  for (let question = from; question < Math.min(questions, from + 3); question++)
    for (let sample = 0; sample < samples; sample++) {
      const text = `${`Step ${sample} of question ${question}. `.repeat(20)}The answer is ${sample % 7}.`;
      const about = { rm_prompt: `Question ${question}: how many?`, gold: '3', status: 'ok', request: model, answer_digest: model };
      yield { origin: `${question}`, ordinal: 0, question, sample, text, ...about };
    }
}

function* gradedRows() {
  for (let from = 0; from < questions; from += 3)
    for (const { question, sample: ordinal, rm_prompt, text, status, gold } of chunkAt(from)) {
      const answer = `${ordinal % 7}`;
      yield { question, ordinal, rm_prompt, text, status, gold, answer, correct: answer === gold, grader: 'math', judged: null };
    }
}

/** What the processes of a scoring write. */
function* scoreLines() {
  let count = 0;
  for (let from = 0; from < questions; from += 3)
    for (const { rm_prompt: prompt, text: response } of chunkAt(from))
      yield `${JSON.stringify({ text: textName({ prompt, response }), score: count++ % 97, cut: false })}\n`;
}

const shards = [];
for (let from = 0; from < questions; from += 3)
  shards.push({ ...(await artifacts.writeJsonl(chunkAt(from))), statuses: { ok: 3 * samples } });
const asked = await artifacts.writeManifest({ type: 'questions', rows: questions, shards: [], meta: {} });
const node = { id: 'samples', kind: 'candidates', settings: { n: samples, template: 'question' }, resources: {} };
const member = { node, nodes: [node], source: asked, ranges: [], shards: new Map([['samples', shards]]), inputs: { questions: [asked] } };
await timed('closing', () => candidates.close?.(dependencies, member as never) ?? Promise.reject(new Error('no close')));

const graded = await timed('writing graded ones', async () => {
  const written = await artifacts.writeParquet({ columns: gradedColumns, rows: gradedRows() });
  return artifacts.writeManifest({ type: 'graded', rows: questions * samples, shards: written, meta: {} });
});
await mkdir(join(root, 'job', 'scoring'), { recursive: true });
await pipeline(Readable.from(scoreLines()), createWriteStream(join(root, 'job', 'scoring', 'scores-0.jsonl')));
const evaluation = { id: 'bon', kind: 'eval/bon', settings: { n: [1, 4, 16, 64, 256] } };
const measured = { node: evaluation, inputs: { model: [model], candidates: [graded] }, folder: { shared: join(root, 'job') } } as never;
await timed('taking in scores', () => evalBon.takeIn?.(dependencies, measured) ?? Promise.reject(new Error('no scores')));
await timed('looking for texts without a score', () => evalBon.isDone?.(dependencies, measured) ?? Promise.resolve(false));
console.log(await timed('Best-of-N', () => evalBon.collect(dependencies, measured)));
await rm(root, { recursive: true });

/** Does the work, and prints what it takes. */
async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const breaks = watchBreaks();
  const began = performance.now();
  const result = await work();
  const longest = breaks.end();
  const took = `${((performance.now() - began) / 1000).toFixed(1)} s`;
  console.log(`${what}, ${(questions * samples).toLocaleString('en')} candidates: ${took}, longest break ${longest.toFixed(0)} ms of CPU`);
  if (longest > longestBreak) process.exitCode = 1;
  return result;
}
