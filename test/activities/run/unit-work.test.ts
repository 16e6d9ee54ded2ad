import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../ports/store.ts';
import { onWork, workOn } from '../../../activities/run/unit-work.ts';
import type { OpenedWork, UnitWork } from '../../../activities/run/unit-work.ts';
import { openFileStore } from '../../../adapters/index.ts';
import type { PlanNode, WorkInput } from '../../../plan/index.ts';

let root: string;
let store: Store;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-work-'));
  store = await openFileStore({ root });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const digest = 'd'.repeat(64);

function nodeOf(id: string, reads: string[]): PlanNode {
  const sampling = { temperature: 1, top_p: 1, top_k: 0, min_p: 0, max_tokens: 64 };
  return {
    id,
    step: id,
    label: {},
    kind: 'respond',
    version: 1,
    shape: 'map',
    key: digest,
    settings: {},
    inputs: { prompts: reads.map((node) => ({ node, output: 'out' })) },
    outputs: { out: 'responses' },
    models: { model: { name: 'm', endpoint: 'weak', identity: 'm', sampling, accept: ['stop'], stop: [] } },
    resources: {},
    run: { pool: 'local', chunk: 10, budget: { unavailable: 3 } },
    at: { line: 1, column: 1 },
  };
}

function work(nodes: PlanNode[]): UnitWork {
  const reads = nodes.flatMap(({ inputs }) => Object.values(inputs).flat());
  const sources = Object.fromEntries(reads.map(({ node }) => [node, { key: digest, title: node, at: { line: 1 } }]));
  const inputs = Object.fromEntries(nodes.map(({ id }) => [id, { prompts: reads.map(() => digest) }]));
  return {
    unit: { id: 'unit', pipeline: 'p', nodes, group: true, inputs, sources, missing: {} },
    parts: { unit: { kind: 'respond' } },
  };
}

describe('the message that starts the work on a unit', () => {
  const bytes = async (unit: UnitWork) => JSON.stringify(await workOn(store, { ...unit, key: digest })).length;

  it('is as short for a node that reads ten thousand steps as for one that reads one', async () => {
    const upstream = Array.from({ length: 10_000 }, (_, index) => `step-${index}`);
    expect(await bytes(work([nodeOf('report', upstream)]))).toBe(await bytes(work([nodeOf('report', ['step'])])));
  });

  it('stays below 256 KB, from where the server warns, for a group of five hundred', async () => {
    const members = Array.from({ length: 500 }, (_, index) =>
      nodeOf(`answers-of-a-member@${index}`, [index === 0 ? 'code' : 'answers-of-a-member@0']),
    );
    expect(await bytes(work(members))).toBeLessThan(256 * 1024);
  });

  it('says of each node where its work goes, how often it is tried and which members it waits for', async () => {
    const { nodes } = await workOn(store, { ...work([nodeOf('prompts', ['code']), nodeOf('answers', ['prompts', 'code'])]), key: digest });
    const run = { pool: 'local', chunk: 10, budget: { unavailable: 3 } };
    expect(nodes).toEqual([
      { id: 'prompts', kind: 'respond', shape: 'map', run, endpoint: 'weak', calls: 1, tokens: 64, reads: [] },
      { id: 'answers', kind: 'respond', shape: 'map', run, endpoint: 'weak', calls: 1, tokens: 64, reads: ['prompts'] },
    ]);
  });
});

describe('an activity on a unit', () => {
  it('gets the unit whole, and the rest of the message', async () => {
    const whole = work([nodeOf('prompts', ['code'])]);
    const { work: kept, key } = await workOn(store, { ...whole, key: digest });
    const seen = await onWork(store, async (input: OpenedWork<WorkInput & { chunk: number }>) => input)({ work: kept, key, chunk: 3 });
    expect(seen).toEqual({ ...whole, key, chunk: 3 });
  });

  it('fails where the store has lost the unit, and works again once it is back', async () => {
    const whole = work([nodeOf('lost', ['code'])]);
    const { work: kept, key } = await workOn(store, { ...whole, key: digest });
    const path = await store.pathOf(kept);
    await rm(path, { force: true });
    const activity = onWork(store, async ({ unit }: OpenedWork<WorkInput>) => unit.id);
    await expect(activity({ work: kept, key })).rejects.toMatchObject({ class: expect.any(String) as string });
    await workOn(store, { ...whole, key: digest });
    await expect(activity({ work: kept, key })).resolves.toBe('unit');
  });
});
