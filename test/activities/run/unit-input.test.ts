import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PlanTable } from '../../../activities/run/plan-table.ts';
import type { Store } from '../../../ports/store.ts';
import { publishResult } from '../../../records/results.ts';
import { beginRecord, noteRun } from '../../../records/run.ts';
import { unitInputOf } from '../../../activities/run/unit-input.ts';
import { openFileStore } from '../../../adapters/index.ts';
import { compile, loadConfig } from '../../../compile/index.ts';
import { unitsOf } from '../../../plan/index.ts';
import type { Above, NodeSummary, PlanNode } from '../../../plan/index.ts';
import { nodeParts } from '../../../plan/keys.ts';

const source = `codepmp: 1
name: wide
params: {lr: {type: number, default: 1e-4}}
steps:
  task: {uses: dataset/arithmetic}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: task.train, schedule: {lr: $lr}}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: task.test}}
  report: {uses: report, with: {metrics: [accuracy]}}
sweeps: {rates: {grid: {lr: [1e-4, 2e-4, 3e-4]}}}
`;

const arms = `codepmp: 1
name: arms
models: {strong: {endpoint: local-strong, max_tokens: 64, temperature: 0.3}, weak: {endpoint: local-weak, max_tokens: 64, temperature: 1}}
steps:
  code: {uses: source/files, with: {source: python-stdlib, take: 2}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  strong: {uses: respond, with: {prompts: prompts, model: strong}}
  weak: {uses: respond, with: {prompts: prompts, model: weak}}
  good: {uses: pair, with: {prompts: prompts, chosen: code, rejected: strong}}
  bad: {uses: pair, with: {prompts: prompts, chosen: code, rejected: weak}}
  pmp: {uses: train/pmp, with: {base: smollm2-135m-instruct, pairs: good}}
  other: {uses: train/pmp, with: {base: smollm2-135m-instruct, pairs: bad}}
`;

let root: string;
let store: Store;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-unit-'));
  store = await openFileStore({ root });
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('finds in the record of the run what a message had no room for, also where the run has the name of an earlier one', async () => {
  const { config } = loadConfig({ folder: root, env: {}, home: root });
  const { plan } = compile({ source, file: 'wide.yaml', config });
  if (!plan) throw new Error('the pipeline compiles');
  const units = unitsOf(plan);
  const table: PlanTable = { plan, units, nodes: new Map(plan.nodes.map((node) => [node.id, node])) };
  const measured = plan.nodes.filter(({ step }) => step === 'accuracy');
  const [left, ...made] = measured;
  const head = { run: 'r', name: 'wide', status: 'running', started: 0 } as const;
  await beginRecord(store, head, units);
  const results: { [node: string]: NodeSummary } = {};
  for (const node of made)
    results[node.id] = await publishResult(store, {
      node,
      parts: nodeParts(node),
      inputs: { model: [node.id] },
      outputs: { out: `metrics-of-${node.id}` },
      started: Date.now(),
    });
  await noteRun(store, {
    head,
    changed: [
      ...made.map(({ id, kind }) => ({ id, nodes: [{ id, kind, key: results[id]?.key ?? '' }], state: 'done' as const })),
      { id: left?.id ?? '', nodes: [{ id: left?.id ?? '', kind: 'eval/accuracy' }], state: 'skipped', why: 'the loss was NaN' },
    ],
  });
  const index = units.findIndex(({ nodes }) => nodes.some(({ step }) => step === 'report'));
  const above: Above = {
    made: Object.fromEntries(Object.entries(results).map(([id, { key, outputs }]) => [id, { key, outputs }])),
    skipped: { [left?.id ?? '']: 'the loss was NaN' },
  };
  const { unit: fromMessage } = await unitInputOf(table, { index, above }, { store, run: 'r', started: 0 });
  const { unit: fromRecord } = await unitInputOf(table, { index, above: null }, { store, run: 'r', started: 0 });
  expect(fromRecord).toEqual(fromMessage);
  expect(Object.values(fromRecord.inputs).flatMap((inputs) => inputs['metrics'])).toEqual(made.map(({ id }) => `metrics-of-${id}`));
  expect(Object.values(fromRecord.missing).map(({ why }) => why)).toEqual(['the loss was NaN']);

  const [first, second] = made;
  const other = await publishResult(store, {
    node: first as PlanNode,
    parts: nodeParts(first as PlanNode),
    inputs: { model: ['another'] },
    outputs: { out: 'measured anew' },
    started: Date.now(),
  });
  await beginRecord(store, { ...head, started: 9 }, units);
  const again = [first, second].map((node) => ({
    id: node?.id ?? '',
    nodes: [{ id: node?.id ?? '', kind: 'eval/accuracy', key: other.key }],
    state: 'done' as const,
  }));
  await noteRun(store, {
    head: { ...head, started: 9 },
    changed: [
      ...again,
      { id: left?.id ?? '', nodes: [{ id: left?.id ?? '', kind: 'eval/accuracy' }], state: 'skipped', why: 'not wanted' },
    ],
  });
  const { unit: ofNamesake } = await unitInputOf(table, { index, above: null }, { store, run: 'r', started: 9 });
  expect(Object.values(ofNamesake.inputs).flatMap((inputs) => inputs['metrics'])).toEqual(['measured anew', 'measured anew']);
  expect(Object.values(ofNamesake.missing).map(({ why }) => why)).toEqual(['not wanted']);
});

it('leaves out what reads only what was skipped, in a group and in lists, and nothing else', async () => {
  const { config } = loadConfig({ folder: root, env: {}, home: root });
  const { plan } = compile({ source: arms, file: 'arms.yaml', config });
  if (!plan) throw new Error('the pipeline compiles');
  const table: PlanTable = { plan, units: unitsOf(plan), nodes: new Map(plan.nodes.map((node) => [node.id, node])) };
  const indexOf = (step: string) => table.units.findIndex(({ nodes }) => nodes.some((node) => node.step === step));
  const where = { store, run: 'r', started: 0 };
  const group = await unitInputOf(
    table,
    { index: indexOf('weak'), above: { made: {}, skipped: {} }, without: { weak: 'skipped after auth' } },
    where,
  );
  expect(group.unit.nodes.map(({ id }) => id)).toEqual(['prompts', 'strong', 'good']);
  expect(group.left).toEqual({ weak: 'skipped after auth', bad: 'needs weak, which was skipped' });
  const { left: none } = await unitInputOf(table, { index: indexOf('pmp'), above: { made: {}, skipped: group.left } }, where);
  expect(none).toEqual({});
  const { unit, left } = await unitInputOf(table, { index: indexOf('other'), above: { made: {}, skipped: group.left } }, where);
  expect([unit.nodes, left]).toEqual([[], { other: 'needs bad, which was skipped' }]);
});
