import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluateClaims } from '../../../activities/run/claims.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { finish } from '../../../activities/run/finish.ts';
import type { Artifacts } from '../../../ports/artifacts.ts';
import type { Store } from '../../../ports/store.ts';
import { beginRecord } from '../../../records/run.ts';
import { addClaims } from '../../../report/index.ts';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';
import type { Digest, Json, Metrics, Plan, PlanClaim, UnitProgress } from '../../../plan/index.ts';
import { unitsOf } from '../../../plan/index.ts';
import { canonicalBytes } from '../../../plan/keys.ts';
import { evaluateAccuracy } from '../../../stats/index.ts';
import { planOf } from '../../compile/rig.ts';

let root: string;
let store: Store;
let artifacts: Artifacts;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-claims-'));
  store = await openFileStore({ root });
  artifacts = createArtifacts(store);
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** Metrics over the same pairs, of which so many are right. */
function accuracyOf(right: number, n = 400): Metrics {
  const rows = Array.from({ length: n }, (_, index) => ({ chosen_score: index < right ? 1 : 0, rejected_score: 0.5, chosen: `c${index}`, rejected: 'r', kind: '' }));
  return evaluateAccuracy({ rows });
}

async function stored(metrics: Metrics): Promise<Digest> {
  const bytes = new TextEncoder().encode(JSON.stringify(metrics));
  const shards = [{ digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name: 'metrics.json' }];
  return artifacts.writeManifest({ type: 'metrics', rows: 1, shards, meta: {} });
}

const claim: PlanClaim = {
  id: 'c',
  metric: 'accuracy',
  n: null,
  of: { text: 'accuracy (init=pmp)', nodes: ['a@1', 'a@2'] },
  relation: 'above',
  to: { text: 'accuracy (init=base)', nodes: ['b@1', 'b@2'] },
  margin: 0,
  confidence: 0.95,
  at: { line: 1, column: 1 },
};

const about = (node: string) => ({ title: node, missing: 'it has made no metrics' });

/** Evaluates over nodes with so many right answers each. */
async function evaluated(rights: { [node: string]: number }, change: Partial<PlanClaim> = {}) {
  const made = new Map<string, Digest>();
  for (const [node, right] of Object.entries(rights)) made.set(node, await stored(accuracyOf(right)));
  const [result] = await evaluateClaims({ store, artifacts }, { claims: [{ ...claim, ...change }], artifactOf: async (node) => made.get(node) ?? null, about });
  return result;
}

describe('a claim over metrics', () => {
  test('holds, with its values, its interval and what it rests on in words', async () => {
    const result = await evaluated({ 'a@1': 330, 'a@2': 320, 'b@1': 300, 'b@2': 300 });
    expect(result).toMatchObject({ outcome: 'holds', n: 400, method: 'paired', confidence: 0.95, margin: 0 });
    expect(result?.text).toBe(
      'accuracy of accuracy (init=pmp) above accuracy (init=base): 0.813 against 0.750, difference +0.063 [+0.039, +0.086] at 95 %, 400 items shared by both sides, mean of 2 measurements a side',
    );
    expect(result).not.toHaveProperty('reason');
  });

  test('fails where the other side is better', async () => {
    expect(await evaluated({ 'a@1': 300, 'a@2': 300, 'b@1': 330, 'b@2': 320 })).toMatchObject({ outcome: 'fails' });
  });

  test('is undecided between, and says how near it came', async () => {
    const result = await evaluated({ 'a@1': 302, 'a@2': 300, 'b@1': 300, 'b@2': 300 });
    expect(result).toMatchObject({ outcome: 'undecided', reason: 'the interval holds 0' });
  });

  test('may be about a number and a margin', async () => {
    const result = await evaluated({ 'a@1': 320 }, { of: { text: 'accuracy', nodes: ['a@1'] }, to: 0.5, margin: 0.1, confidence: 0.99 });
    expect(result?.outcome).toBe('holds');
    expect(result?.text).toMatch(/^accuracy of accuracy above 0\.5 by more than 0\.1: 0\.800, difference \+0\.300 \[\+0\.\d+, \+0\.\d+\] at 99 %, 400 items$/);
  });

  test('is undecided where a node has made no metrics, and names it', async () => {
    const result = await evaluated({ 'a@1': 330, 'a@2': 320, 'b@1': 300 });
    expect(result).toMatchObject({ outcome: 'undecided', difference: null, interval: null, n: 0, reason: 'b@2: it has made no metrics' });
    expect(result?.text).toBe('accuracy of accuracy (init=pmp) above accuracy (init=base)');
  });
});

describe('metrics that are lost', () => {
  test('leave the claim undecided, with what happened to them', async () => {
    const shards = [{ digest: 'a'.repeat(64), rows: 1, bytes: 1, name: 'metrics.json' }];
    const lost = await artifacts.writeManifest({ type: 'metrics', rows: 1, shards, meta: {} });
    const alone = { ...claim, of: { text: 'accuracy', nodes: ['a'] }, to: 0.5 };
    const [result] = await evaluateClaims({ store, artifacts }, { claims: [alone], artifactOf: () => Promise.resolve(lost), about });
    expect(result).toMatchObject({ outcome: 'undecided', reason: expect.stringMatching(/^a: blob a{64} is missing in the store/) });
  });
});

describe('the end of a run', () => {
  const plan: Plan = {
    ...planOf(`codepmp: 1
name: t
steps:
  data: {uses: dataset/arithmetic}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: data.train}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: data.test}}
claims:
  - {id: better-than-chance, metric: {step: accuracy, name: accuracy}, above: 0.5}
`),
  };

  test('checks the claims, records them and lays them beside the report', async () => {
    const digest = await store.putBytes(canonicalBytes(plan as unknown as Json));
    const key = '1'.repeat(64);
    const made = await stored(accuracyOf(350));
    const result = { format: 1, key, kind: 'eval/accuracy', parts: {}, outputs: { out: made }, calls: {}, training_steps: 0, seconds: 1 };
    await store.publish(`results/${key}`, canonicalBytes(result as unknown as Json));
    const head = { run: 'r-1', name: 't', status: 'succeeded' as const, started: 1, plan: digest };
    await beginRecord(store, head, unitsOf(plan));
    const unit: UnitProgress = { id: 'accuracy', nodes: [{ id: 'accuracy', kind: 'eval/accuracy', key }], state: 'done' };
    const { claims } = await finish({ store, artifacts, reports: { addClaims } } as unknown as Dependencies)({ delta: { head, changed: [unit] }, plan: digest });
    expect(claims).toMatchObject([{ id: 'better-than-chance', outcome: 'holds', n: 400 }]);
    const record = JSON.parse(new TextDecoder().decode((await store.readNote('runs/r-1/progress.json')) ?? new Uint8Array())) as { claims: object[] };
    expect(record.claims).toEqual(claims);
    const folder = join(root, 'runs', 'r-1', 'report');
    expect(JSON.parse(await readFile(join(folder, 'claims.json'), 'utf8'))).toEqual(claims);
    expect(await readFile(join(folder, 'claims.md'), 'utf8')).toMatch(/^# Claims\n[^]*\*\*better-than-chance\*\* \| holds \| \\\+0\.375 /);
  });

  test('calls a node that was skipped by its title, and says so', async () => {
    const swept: Plan = { ...plan, nodes: plan.nodes.map((node) => (node.step === 'accuracy' ? { ...node, label: { lr: 3e-6 } } : node)) };
    const digest = await store.putBytes(canonicalBytes(swept as unknown as Json));
    const head = { run: 'r-2', name: 't', status: 'succeeded' as const, started: 1, plan: digest };
    await beginRecord(store, head, unitsOf(swept));
    const unit: UnitProgress = { id: 'accuracy', nodes: [{ id: 'accuracy', kind: 'eval/accuracy' }], state: 'skipped', why: 'needs rm, which was skipped' };
    const { claims } = await finish({ store, artifacts, reports: { addClaims } } as unknown as Dependencies)({ delta: { head, changed: [unit] }, plan: digest });
    expect(claims).toMatchObject([{ outcome: 'undecided', reason: 'accuracy (lr=3e-6): it was skipped' }]);
  });
});
