import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { config, training } from './pipelines.ts';
import type { ClaimResult } from '../../plan/index.ts';
import { project, tinyWeights } from './rig.ts';
import type { Project } from './rig.ts';

let user: Project;

beforeAll(async () => {
  user = await project({ 'codepmp.config.yaml': config({ weights: await tinyWeights() }) });
});
afterAll(() => user[Symbol.asyncDispose]());

/** Reward models of two learning rates and two seeds, and sentences about them. */
function study(claims: string[]): string {
  const params = 'params:\n  lr: {type: number, default: 2e-4}\n  seed: {type: integer, default: 1}\n';
  const steps = training({ presentations: 8 }).replace('lr: 2e-4', 'lr: $lr').replace('seed: 1\n', 'seed: $seed\n');
  return `${steps.replace('steps:\n', `${params}steps:\n`)}sweeps:\n  rates: {grid: {lr: [1e-4, 2e-4]}, seeds: [1, 2]}\nclaims:\n${claims.map((claim) => `  - {${claim}, metric: {step: accuracy, name: accuracy}}\n`).join('')}`;
}

const sure = 'id: some-are-right, over: items, each: [lr], above: [0.01, 0.02]';
const open = 'id: faster-is-better, over: items, sweep: rates, of: {lr: 2e-4}, above: {lr: 1e-4}, margin: 0.01';
const wrong = 'id: all-are-right, over: items, of: {lr: 1e-4}, above: 0.99';

it('checks the claims at the end of a run: one that fails makes the exit code 5', async () => {
  await user.write('study.yaml', study([sure, open, wrong]));
  const { exitCode, stdout, stderr } = await user.codepmp('run', 'study.yaml');
  expect({ exitCode, stderr: exitCode === 5 ? '' : stderr }).toEqual({ exitCode: 5, stderr: '' });
  expect(stderr).toContain('Claims: 1 holds, 1 fails, 1 undecided');
  expect(stderr).toContain('✓ some-are-right holds: of 4 comparisons 4 hold');
  expect(stderr).toContain('? faster-is-better undecided: the interval includes the margin');
  expect(stderr).toMatch(/accuracy of accuracy \(lr=2e-4\) above accuracy \(lr=1e-4\)/);
  expect(await readFile(join(stdout.trim(), '..', 'claims.md'), 'utf8')).toContain('all-are-right fails:');
});

it('shows them in status, in the report and as JSON', async () => {
  expect((await user.codepmp('status')).stdout).toContain('✗ all-are-right fails');
  expect((await user.codepmp('report')).stdout).toMatch(/\n## Claims\n[^]*\n## Provenance\n/);
  const { claims } = JSON.parse((await user.codepmp('status', '--json')).stdout) as { claims: ClaimResult[] };
  expect(claims.map(({ id, comparisons }) => [id, comparisons.length, comparisons[0]?.n, comparisons[0]?.method])).toEqual([
    ['some-are-right', 4, 24, 'one-sample'],
    ['faster-is-better', 1, 24, 'paired'],
    ['all-are-right', 1, 24, 'one-sample'],
  ]);
});

it('trains nothing when only the claims change, and ends with 0 where none fails', async () => {
  await user.write('study.yaml', study([sure, open]));
  const { exitCode, stdout } = await user.codepmp('run', 'study.yaml', '--json');
  const result = JSON.parse(stdout.split('\n').at(-1) ?? '{}') as object;
  expect(exitCode).toBe(0);
  expect(result).toMatchObject({
    status: 'succeeded',
    training_steps: 0,
    nodes: { ran: 0 },
    claims: [{ outcome: 'holds' }, { outcome: 'undecided', comparisons: [{ reason: 'the interval includes the margin' }] }],
  });
});
