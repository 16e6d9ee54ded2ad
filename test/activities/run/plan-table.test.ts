import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readUnits } from '../../../activities/run/plan-table.ts';
import type { Store } from '../../../ports/store.ts';
import { openFileStore } from '../../../adapters/index.ts';
import { compile, loadConfig } from '../../../compile/index.ts';

const source = `codepmp: 1
name: lists
params: {seed: {type: integer, default: 1}}
steps:
  task: {uses: dataset/arithmetic}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: task.train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: task.test}}
  report: {uses: report, with: {metrics: [accuracy], data: [task.train]}}
sweeps: {twice: {grid: {seed: [1, 2]}}}
`;

let root: string;
let store: Store;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-table-'));
  store = await openFileStore({ root });
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('says what each unit reads from', async () => {
  const { config } = loadConfig({ folder: root, env: {}, home: root });
  const { plan } = compile({ source, file: 'lists.yaml', config });
  if (!plan) throw new Error('the pipeline compiles');
  const digest = await store.putBytes(new TextEncoder().encode(JSON.stringify(plan)));
  const { units } = await readUnits({ store })({ plan: digest, from: 0 });
  expect(units.map(({ nodes, needs }) => [nodes[0]?.kind, needs])).toEqual([
    ['dataset/arithmetic', []],
    ['train/rm', [0]],
    ['train/rm', [0]],
    ['eval/accuracy', [1, 0]],
    ['eval/accuracy', [2, 0]],
    ['report', [3, 4, 0]],
  ]);
});
