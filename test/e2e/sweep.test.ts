import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { config, training } from './pipelines.ts';
import { project, tinyWeights } from './rig.ts';
import type { Project, Result } from './rig.ts';

let user: Project;

beforeAll(async () => {
  user = await project({ 'codepmp.config.yaml': config({ weights: await tinyWeights() }) });
});
afterAll(() => user[Symbol.asyncDispose]());

/** One reward model for each learning rate and seed, over the same pairs. */
function study(rates: string): string {
  const params = 'params:\n  lr: {type: number, default: 2e-4}\n  seed: {type: integer, default: 1}\n';
  const steps = training({ presentations: 8 }).replace('lr: 2e-4', 'lr: $lr').replace('seed: 1\n', 'seed: $seed\n');
  return steps.replace('steps:\n', `${params}steps:\n`) + `sweeps:\n  rates: {grid: {lr: ${rates}}, seeds: [1, 2]}\n`;
}

let first: Result;

it('runs every cell of a sweep, and what the cells share once', async () => {
  await user.write('study.yaml', study('[1e-4, 2e-4]'));
  first = await user.run('study.yaml');
  expect(first).toMatchObject({ status: 'succeeded', nodes: { total: 10, ran: 10, reused: 0 }, training_steps: 8 });
});

it('shows each cell in one report, by the values that tell it from the others', async () => {
  const text = await readFile(join(dirname(first.report ?? ''), 'report.md'), 'utf8');
  for (const name of ['lr=1e-4, seed=1', 'lr=1e-4, seed=2', 'lr=2e-4, seed=1', 'lr=2e-4, seed=2']) expect(text).toContain(name);
});

it('runs only the new cells when a value is added', async () => {
  await user.write('study.yaml', study('[1e-4, 2e-4, 4e-4]'));
  const result = await user.run('study.yaml');
  expect(result).toMatchObject({ status: 'succeeded', nodes: { total: 14, ran: 5, reused: 9 }, training_steps: 4 });
});

it('reuses a cell of a sweep for the same values alone', async () => {
  await user.write('alone.yaml', study('[1e-4]').replace(/sweeps:[^]*/, ''));
  const result = await user.run('alone.yaml', '--set', 'lr=4e-4', '--set', 'seed=2');
  expect(result).toMatchObject({ status: 'succeeded', nodes: { total: 4, ran: 1, reused: 3 }, training_steps: 0 });
});
