import { execa } from 'execa';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { createMachine, createMeters } from '../../../activities/index.ts';
import { works } from '../../../activities/kinds/index.ts';
import { runProcess } from '../../../activities/process/run.ts';
import { createArtifacts, createLauncher, createModelServers, openFileStore } from '../../../adapters/index.ts';
import type { Digest, JsonObject, NodeSummary, PlanNode } from '../../../plan/index.ts';
import { hashOf } from '../../../plan/keys.ts';
import type { Row } from '../../../ports/artifacts.ts';
import { jobFolder } from '../../../records/names.ts';
import { readScores } from '../../../records/scores.ts';
import { config, planOf } from '../../compile/rig.ts';
import { asActivity } from '../rig.ts';

const home = join(import.meta.dirname, '..', '..', '..');
const python = join(home, '.setup', 'python', 'bin', 'python');
const { nodes } = planOf(`codepmp: 1
name: scores
steps:
  data: {uses: dataset/arithmetic, with: {train: 60, test: 24, choices: 8, questions: 4, seed: 3}}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: data.train}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: data.test}}
  choice: {uses: eval/choice, with: {model: rm, choices: data.choices}}
  report: {uses: report, with: {metrics: [accuracy, choice]}}
`);

let models: string;
beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'codepmp-models-'));
  for (const seed of [1, 2])
    await execa(python, [join(import.meta.dirname, 'tiny-reward-model.py'), join(models, `${seed}`), `${seed}`]);
  return () => rm(models, { recursive: true });
});

let root: string;
let dependencies: Dependencies;
let run: ReturnType<typeof runProcess>;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-scoring-'));
  const store = await openFileStore({ root: join(root, 'store') });
  const launcher = createLauncher({ folder: store.scratch });
  const machine = createMachine({ pause: 1000 });
  dependencies = {
    store,
    artifacts: createArtifacts(store),
    servers: createModelServers({ endpoints: {}, python, logs: root }),
    pools: () => ({ launcher, machine }),
    machine,
    meters: createMeters(store),
    config,
    python,
    home,
  } as Partial<Dependencies> as Dependencies;
  run = runProcess(dependencies, works);
});
afterEach(() => rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));

/** The reward model of a seed as a checkpoint. */
async function model(seed: number): Promise<Digest> {
  const { store, artifacts } = dependencies;
  const folder = join(models, `${seed}`, 'model');
  const names = await readdir(folder);
  const shards = await Promise.all(names.map(async (name) => ({ ...(await store.putFile(join(folder, name))), rows: 1, name })));
  return artifacts.writeManifest({ type: 'checkpoint', rows: 1, shards, meta: {} });
}

async function rowsOf(type: string, rows: object[]): Promise<Digest> {
  const { artifacts } = dependencies;
  const shards = [await artifacts.writeJsonl(rows)];
  return artifacts.writeManifest({ type, rows: rows.length, shards, meta: { prompt_format: 'question-answer' } });
}

const nodeOf = (step: string): PlanNode => nodes.find(({ id }) => id === step) ?? expect.fail(`no step ${step}`);

type Inputs = { [name: string]: Digest };

const readsOf = (inputs: Inputs) => Object.fromEntries(Object.entries(inputs).map(([name, digest]) => [name, [digest]]));

const keyOf = (step: string, inputs: Inputs) => hashOf({ step, reads: readsOf(inputs) });

/** Folder of the job of a step on these inputs. */
const jobOf = (step: string, inputs: Inputs) => jobFolder(dependencies.store, keyOf(step, inputs));

/** Does the work of a step on these inputs, as a worker does it. */
function work(step: string, inputs: Inputs, attempt = '1'): Promise<NodeSummary> {
  const node = nodeOf(step);
  const reads = readsOf(inputs);
  const unit = { id: step, pipeline: 'scores', nodes: [node], group: false, inputs: { [step]: reads }, sources: {}, titles: {}, missing: {} };
  return asActivity(() => run({ unit, parts: {}, key: keyOf(step, inputs), attempt, started: 0 }));
}

/** Folders of the jobs that have launched a process. */
async function launched(): Promise<string[]> {
  const jobs = join(dependencies.store.root, 'jobs');
  const files = await readdir(jobs, { recursive: true });
  return files.filter((name) => name.endsWith('/pid')).map((name) => join(jobs, name, '..', '..'));
}

/** Texts that processes of a job were started for, a number for each. */
async function textsAsked(job: string): Promise<number[]> {
  const lines = (await readFile(join(job, 'progress.jsonl'), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as JsonObject).flatMap((line) => (line['event'] === 'start' ? [Number(line['total'])] : []));
}

/** What a step has measured, and all its scores in order. */
async function measured({ outputs }: NodeSummary): Promise<{ metrics: JsonObject; scores: number[]; texts: unknown }> {
  const { store, artifacts } = dependencies;
  const { shards } = await artifacts.readManifest(outputs['out'] ?? '');
  const metrics = JSON.parse(new TextDecoder().decode(await store.getBytes(shards[0]?.digest ?? ''))) as JsonObject;
  const parts = { type: 'scores', rows: 0, shards: shards.slice(1), meta: {} };
  const rows: Row[] = [];
  for await (const row of artifacts.rows(await artifacts.writeManifest(parts))) rows.push(row);
  return { metrics, scores: rows.map(({ score }) => Number(score)), texts: metrics['counts'] };
}

const pair = (index: number, length = 5) => ({
  prompt: `Question ${index}\n`,
  chosen: 'yes '.repeat(1 + (index % length)),
  rejected: 'no '.repeat(1 + ((index * 3) % length)),
  origin: `${index}`,
  kind: '',
  level: '',
});
const pairs = Array.from({ length: 12 }, (_, index) => pair(index));
const choices = Array.from({ length: 6 }, (_, index) => ({
  question: index,
  prompt: `Question ${index}\n`,
  options: ['yes ', `maybe ${index}`, 'no '],
  label: index % 3,
  passage: '',
}));

describe('steps that score with one model', () => {
  it('have one process where they wait together, and the scores of each are those it has alone', async () => {
    const rm = await model(1);
    const inputs = { pairs: await rowsOf('pairs', pairs), choices: await rowsOf('choices', choices) };
    const [accuracy, choice] = await Promise.all([
      work('accuracy', { model: rm, pairs: inputs.pairs }),
      work('choice', { model: rm, choices: inputs.choices }),
    ]);
    const jobs = await launched();
    expect(jobs).toHaveLength(1);
    const texts = [
      ...pairs.flatMap(({ prompt, chosen, rejected }) => [[prompt, chosen], [prompt, rejected]]),
      ...choices.flatMap(({ prompt, options }) => options.map((option) => [prompt, option])),
    ];
    expect(await textsAsked(jobs[0] ?? '')).toEqual([new Set(texts.map(String)).size]);
    const together = [await measured(accuracy), await measured(choice)];
    expect(together.map(({ scores }) => scores.length)).toEqual([24, 18]);
    const weights = join(models, '1', 'model');
    const { stdout } = await execa(python, [join(import.meta.dirname, 'scores-alone.py'), weights], { input: JSON.stringify(texts) });
    const expected = JSON.parse(stdout) as number[];
    together.flatMap(({ scores }) => scores).forEach((score, index) => expect(score).toBeCloseTo(expected[index] ?? Number.NaN, 5));
    expect(together.map(({ texts }) => texts)).toEqual([{ texts: 24, cut: 0 }, { texts: 18, cut: 0 }]);
    const isOfChoice = jobs[0] === jobOf('choice', { model: rm, choices: inputs.choices });
    const share = choice.seconds / (accuracy.seconds + choice.seconds);
    expect(share).toBeCloseTo(isOfChoice ? 18 / 38 : 14 / 38, 5);
  });

  it('score a text once: a second evaluation launches nothing and does not wait for the machine', async () => {
    const rm = await model(1);
    const first = await measured(await work('accuracy', { model: rm, pairs: await rowsOf('pairs', pairs) }));
    const leave = await dependencies.machine.exclusive(new AbortController().signal, { step: 'other', job: 'other', isSubmitted: false });
    const reversed = await measured(await work('accuracy', { model: rm, pairs: await rowsOf('pairs', pairs.toReversed()) }));
    leave();
    expect(await launched()).toHaveLength(1);
    const inPairs = (scores: number[]) => scores.flatMap((score, index) => (index % 2 === 0 ? [[score, scores[index + 1]]] : []));
    expect(inPairs(reversed.scores)).toEqual(inPairs(first.scores).toReversed());
  });

  it('score with another model in another process, whatever the first has scored', async () => {
    const input = await rowsOf('pairs', pairs);
    const [first, second] = await Promise.all([
      work('accuracy', { model: await model(1), pairs: input }),
      work('accuracy', { model: await model(2), pairs: input }),
    ]);
    expect(await launched()).toHaveLength(2);
    expect((await measured(first)).scores).not.toEqual((await measured(second)).scores);
  });

  it('say how many of their own texts were cut', async () => {
    const long = { ...pair(1), chosen: 'yes '.repeat(100) };
    const summary = await work('accuracy', { model: await model(1), pairs: await rowsOf('pairs', [long, pair(2), long]) });
    expect((await measured(summary)).texts).toEqual({ texts: 4, cut: 1 });
  });
});

it('a scoring that is killed goes on where it was', async () => {
  const many = Array.from({ length: 1500 }, (_, index) => pair(index, 60));
  const inputs = { model: await model(1), pairs: await rowsOf('pairs', many) };
  const folder = jobOf('accuracy', inputs);
  const killed = work('accuracy', inputs).catch((error: unknown) => error);
  await expect.poll(() => hasScores(join(folder, 'scoring')), { interval: 5 }).toBe(true);
  process.kill(Number(await readFile(join(folder, '1', 'child'), 'utf8')), 'SIGKILL');
  expect(await killed).toMatchObject({ class: 'node-lost' });
  const kept = (await readScores(dependencies, inputs.model)).scores.length;
  const { scores } = await measured(await work('accuracy', inputs, '2'));
  const [all = 0, rest] = await textsAsked(folder);
  expect(kept).toBeGreaterThan(0);
  expect(rest).toBe(all - kept);
  expect(scores).toHaveLength(3000);
  expect(existsSync(join(folder, 'scoring'))).toBe(false);
});

async function hasScores(folder: string): Promise<boolean> {
  const parts = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith('scores-'));
  return parts.some((name) => statSync(join(folder, name)).size > 0);
}
