import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foresee } from '../../../cli/plan/reuse.ts';
import type { PlanSummary } from '../../../cli/plan/summary.ts';
import { loadConfig, compile } from '../../../compile/index.ts';
import { generationKey } from '../../../items/index.ts';
import type { Plan, RunProgress } from '../../../plan/index.ts';
import { recordedFolder } from '../recorded-runs.ts';
import type { RecordedFolder } from '../recorded-runs.ts';
import { checkout } from '../supervisor/services-rig.ts';

let user: RecordedFolder;
beforeAll(async () => {
  user = await recordedFolder();
  await user.write('codepmp.config.yaml', 'codepmp_config: 1\npools:\n  local: {launcher: agents, processes: 2, gpus: 2}\n');
});
afterAll(() => user[Symbol.asyncDispose]());

const text = (pairs: number, take = 32) => `codepmp: 1
name: study
models: {strong: {endpoint: local-strong, max_tokens: 256}}
steps:
  code: {uses: source/files, with: {source: python-stdlib, take: ${take}}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  task: {uses: dataset/arithmetic, with: {train: ${pairs}}}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: task.train, batch_size: 10}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: task.test}}
targets: [prompts]
`;

async function summaryOf(file: string): Promise<PlanSummary> {
  const { stdout } = await user.codepmp('plan', file, '--json');
  return JSON.parse(stdout) as PlanSummary;
}

describe('what was measured takes the place of what was reckoned', () => {
  test('nothing was measured: GPU-hours are unknown, and it says until when', async () => {
    await user.write('large.yaml', text(1000, 64));
    const { estimate } = await summaryOf('large.yaml');
    expect(estimate.to_run.gpu_hours).toEqual({
      local: { low: null, high: null, basis: 'unknown until its pool declares peak_tflops or a similar step has been measured' },
    });
  });

  test('the time that an earlier training took for a pair, on the same pool', async () => {
    await user.record('small', text(100));
    await time('small', { rm: { seconds: 360, training_steps: 10 }, accuracy: { seconds: 72, training_steps: 0 } });
    const { estimate } = await summaryOf('large.yaml');
    const training = (360 * 2) / 3600 / 100;
    const scoring = (72 * 2) / 3600;
    const { low, high, basis } = estimate.to_run.gpu_hours['local'] ?? { low: 0, high: 0, basis: '' };
    expect(low).toBeCloseTo((training * 1000 + scoring) * 0.8, 6);
    expect(high).toBeCloseTo((training * 1000 + scoring) * 1.25, 6);
    expect(basis).toBe('measured on local: a similar earlier step of each kind, −20 % to +25 %');
  });

  test('the time of a decay, whose batches are those of its stable training', async () => {
    const decayed = `codepmp: 1
name: decayed
steps:
  task: {uses: dataset/arithmetic, with: {train: 100}}
  stable: {uses: train/pmp-stable, with: {base: smollm2-135m-instruct, pairs: task.train, batch_size: 10, warmup: 1, keep: [90]}}
  decay: {uses: train/pmp-decay, with: {stable: stable, pairs: task.train, at: 100}}
targets: [decay]
`;
    await user.write('decayed.yaml', decayed);
    await user.record('decayed', decayed);
    await time('decayed', { decay: { seconds: 90, training_steps: 1 } });
    const { estimate } = await summaryOf('decayed.yaml');
    const { known } = estimate.without_reuse.gpu_hours['local'] ?? {};
    expect(known?.low).toBeCloseTo(((90 * 2) / 3600) * 0.8, 6);
    expect(known?.unknown).toBe(1);
  });

  test('the mean of answers that were paid for under the same model and template', async () => {
    const plan = planOf(text(1000, 64));
    await pay(plan, 40, { prompt_tokens: 200, completion_tokens: 90 });
    const { estimate } = await summaryOf('large.yaml');
    const measured = (tokens: number) => ({ low: 64 * tokens, high: 64 * tokens, basis: 'measured for summarize: mean of 40 earlier answers' });
    expect(estimate.to_run.tokens['local-strong']).toEqual({ prompt: measured(200), completion: measured(90) });
  });

  test('so under a template whose head says what ends an answer', async () => {
    const asking = `codepmp: 1
name: asking
models: {strong: {endpoint: local-strong, max_tokens: 256, stop: [END]}}
steps:
  task: {uses: dataset/arithmetic, with: {questions: 64}}
  prompts: {uses: candidates, with: {questions: task.questions, model: strong, n: 1, template: few-shot}}
targets: [prompts]
`;
    await user.write('asking.yaml', asking);
    await pay(planOf(asking), 40, { prompt_tokens: 300, completion_tokens: 50 }, 'few-shot.txt');
    const { estimate } = await summaryOf('asking.yaml');
    const measured = (tokens: number) => ({ low: 64 * tokens, high: 64 * tokens, basis: 'measured for candidates: mean of 40 earlier answers' });
    expect(estimate.to_run.tokens['local-strong']).toEqual({ prompt: measured(300), completion: measured(50) });
  });
});

describe('foresight', () => {
  test('without a store, or with an empty one, everything is to run', async () => {
    const plan = planOf(text(7));
    for (const store of [null, user.store]) {
      const { outlookOf } = await foresee(planOf(text(7, 3).replace('batch_size: 10', 'batch_size: 3').replace('seed: 1', '')), store);
      expect(plan.nodes.map(({ id }) => outlookOf(id))).toEqual(plan.nodes.map(() => 'to run'));
    }
  });

  test('looks for results only where everything above has one', async () => {
    const reads: string[] = [];
    const counting = { ...user.store, read: (name: string) => (reads.push(name), user.store.read(name)) };
    const { outlookOf } = await foresee(planOf(text(100)), counting);
    expect(['code', 'prompts', 'task', 'rm', 'accuracy'].map(outlookOf)).toEqual([
      'reused if unchanged',
      'reused if unchanged',
      'reused',
      'reused',
      'reused',
    ]);
    expect(reads.filter((name) => name.startsWith('results/'))).toHaveLength(5);
    reads.length = 0;
    await foresee(planOf(text(101)), counting);
    expect(reads.filter((name) => name.startsWith('results/'))).toHaveLength(2);
  });
});

function planOf(source: string): Plan {
  const { config } = loadConfig({ folder: user.path, env: {}, home: checkout });
  const { plan, rendered } = compile({ source, file: 'pipeline.yaml', config });
  if (!plan) throw new Error(rendered.join('\n\n'));
  return plan;
}

/** Writes into a run's record how long its units took. */
async function time(run: string, took: { [unit: string]: { seconds: number; training_steps: number } }): Promise<void> {
  const name = `runs/${run}/progress.json`;
  const record = JSON.parse(new TextDecoder().decode((await user.store.readNote(name)) ?? new Uint8Array())) as RunProgress;
  const units = record.units.map((unit) => ({ ...unit, ...took[unit.id] }));
  await user.store.note(name, new TextEncoder().encode(JSON.stringify({ ...record, units })));
}

/** Puts answers into the ledger as the step `prompts` would. */
async function pay(
  plan: Plan,
  answers: number,
  usage: { prompt_tokens: number; completion_tokens: number },
  file = 'describe-code.md',
): Promise<void> {
  const model = plan.nodes.find(({ id }) => id === 'prompts')?.models['model'];
  if (!model) throw new Error('the plan calls no model');
  const [head, body = head] = (await readFile(join(checkout, 'templates', file), 'utf8')).split(/(?<=^---\n.*\n---\n)/);
  const stop = head === body ? [] : ['\n\nQuestion:'];
  const segment = user.store.ledger.open({
    generationKey: generationKey({ ...model, stop: [...model.stop, ...stop] }, body ?? ''),
    lo: '',
    hi: null,
    step: 'prompts',
    attempt: '1',
  });
  const digest = (index: number) => index.toString(16).padStart(64, '0');
  await Promise.all(
    Array.from({ length: answers }, (_, index) =>
      segment.append({ request: digest(index), origin: digest(index), text: 'x', finish_reason: 'stop', usage, model: 'm', by: 'run' }),
    ),
  );
  await segment.close();
}
