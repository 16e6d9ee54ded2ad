import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluateClaims } from '../../../activities/run/claims.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { createTrainings, trainedOnce } from '../../../activities/run/trainings.ts';
import { finish } from '../../../activities/run/finish.ts';
import type { Artifacts } from '../../../ports/artifacts.ts';
import type { Store } from '../../../ports/store.ts';
import { beginRecord } from '../../../records/run.ts';
import { addClaims } from '../../../report/index.ts';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';
import type { ClaimResult, ClaimSide, Digest, Json, Metrics, Plan, PlanClaim, PlanComparison, UnitProgress } from '../../../plan/index.ts';
import { claimReason, unitsOf, verdictOf } from '../../../plan/index.ts';
import { canonicalBytes, hashOf } from '../../../plan/keys.ts';
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
  const rows = Array.from({ length: n }, (_, index) => ({
    chosen_score: index < right ? 1 : 0,
    rejected_score: 0.5,
    prompt: 'q',
    chosen: `c${index}`,
    rejected: 'r',
    kind: '',
  }));
  return evaluateAccuracy({ rows });
}

async function stored(metrics: Metrics): Promise<Digest> {
  const bytes = new TextEncoder().encode(JSON.stringify(metrics));
  const shards = [{ digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name: 'metrics.json' }];
  return artifacts.writeManifest({ type: 'metrics', rows: 1, shards, meta: {} });
}

/** Puts metrics where a node with this key would have left them. */
async function recorded(key: Digest, metrics: Metrics): Promise<Digest> {
  const result = {
    format: 1,
    key,
    kind: 'eval/accuracy',
    parts: {},
    outputs: { out: await stored(metrics) },
    calls: {},
    training_steps: 0,
    seconds: 1,
  };
  await store.publish(`results/${key}`, canonicalBytes(result as unknown as Json));
  return key;
}

const side = (text: string, ...nodes: string[]): ClaimSide => ({ text, cells: [nodes], n: null });

const comparison: PlanComparison = {
  where: {},
  of: side('accuracy (init=pmp)', 'a@1', 'a@2'),
  to: side('accuracy (init=base)', 'b@1', 'b@2'),
};

const claim: PlanClaim = {
  id: 'c',
  metric: 'accuracy',
  text: 'accuracy of accuracy (init=pmp) above accuracy (init=base)',
  relation: 'above',
  margin: 0,
  confidence: 0.95,
  over: 'training',
  comparisons: [comparison],
  at: { line: 1, column: 1 },
};

const about = (node: string) => ({ title: node, missing: 'it has made no metrics' });
let keys = 0;

/** Evaluates over nodes with so many right answers each; nodes of one text share their result. */
async function evaluated(
  rights: { [node: string]: number | string },
  change: Partial<PlanClaim> = {},
  trainingOf = (node: string): string => `rm of ${node}`,
): Promise<ClaimResult> {
  const made = new Map<string, Digest>();
  for (const [node, right] of Object.entries(rights))
    made.set(node, typeof right === 'string' ? (made.get(right) ?? '') : await recorded(hashOf(++keys), accuracyOf(right)));
  const [result] = await evaluateClaims(
    { store, artifacts },
    {
      claims: [{ ...claim, ...change }],
      keyOf: (node) => made.get(node) ?? null,
      about,
      trainingsOf: (node) => ['pmp', trainingOf(node)].map((id) => ({ id, step: id })),
    },
  );
  if (!result) throw new Error('no result');
  return result;
}

describe('a claim over metrics', () => {
  test('holds, with its values, its interval and what it rests on in words', async () => {
    const result = await evaluated({ 'a@1': 330, 'a@2': 320, 'b@1': 300, 'b@2': 300 });
    const text = 'accuracy of accuracy (init=pmp) above accuracy (init=base)';
    const numbers =
      '0.813 against 0.750, difference +0.063 [+0.011, +0.113] at 95 %, p 0.030, 400 items shared by both sides, about the method, 2 seeds each';
    expect(result).toMatchObject({
      outcome: 'holds',
      confidence: 0.95,
      margin: 0,
      text,
      comparisons: [{ outcome: 'holds', n: 400, method: 'paired', text, numbers }],
    });
    expect(verdictOf(result)).toEqual({ id: 'c', outcome: 'holds', text: `${text}: ${numbers}` });
  });

  test('fails where the other side is better', async () => {
    expect(await evaluated({ 'a@1': 300, 'a@2': 300, 'b@1': 330, 'b@2': 320 })).toMatchObject({ outcome: 'fails' });
  });

  test('is undecided between, and says how near it came', async () => {
    const result = await evaluated({ 'a@1': 302, 'a@2': 300, 'b@1': 300, 'b@2': 300 });
    expect(verdictOf(result)).toMatchObject({ outcome: 'undecided', reason: 'the interval includes 0' });
  });

  test('may be about a number and a margin', async () => {
    const result = await evaluated(
      { 'a@1': 320 },
      { margin: 0.1, confidence: 0.99, over: 'items', comparisons: [{ where: {}, of: side('accuracy', 'a@1'), to: 0.5 }] },
    );
    expect(result.outcome).toBe('holds');
    expect(verdictOf(result).text).toMatch(
      /^accuracy of accuracy above 0\.5 by more than 0\.1: 0\.800, difference \+0\.300 \[\+0\.\d+, \+0\.\d+\] at 99 %, p < 0\.001, 400 items, about this one model$/,
    );
  });

  test('may be about a difference of differences', async () => {
    const of = { ...side('accuracy (rm_pairs=500) minus accuracy (rm_pairs=500, init=base)', 'a@1'), minus: { cells: [['b@1']], n: null } };
    const to = {
      ...side('accuracy (rm_pairs=40000) minus accuracy (rm_pairs=40000, init=base)', 'a@2'),
      minus: { cells: [['b@2']], n: null },
    };
    const result = await evaluated({ 'a@1': 360, 'b@1': 260, 'a@2': 380, 'b@2': 370 }, { over: 'items', comparisons: [{ where: {}, of, to }] });
    expect(result.comparisons[0]?.numbers).toMatch(
      /^0\.250 against 0\.025, difference \+0\.225 \[\+0\.\d+, \+0\.\d+\] at 95 %, p < 0\.001, 400 items shared by both sides, about these 4 models$/,
    );
  });

  test('is undecided where a node has made no metrics, and names it', async () => {
    const result = await evaluated({ 'a@1': 330, 'a@2': 320, 'b@1': 300 });
    const reason = 'b@2: it has made no metrics';
    expect(result).toMatchObject({
      outcome: 'undecided',
      comparisons: [{ difference: null, interval: null, n: 0, numbers: null, reason }],
    });
    expect(verdictOf(result)).toEqual({
      id: 'c',
      outcome: 'undecided',
      text: 'accuracy of accuracy (init=pmp) above accuracy (init=base)',
      reason,
    });
  });
});

describe('a claim of several comparisons', () => {
  const sizes = [500, 16_000, 40_000].map((rm_pairs): PlanComparison => ({
    where: { rm_pairs },
    of: side('accuracy (init=pmp)', `a@${rm_pairs}`),
    to: side('accuracy (init=base)', `b@${rm_pairs}`),
  }));

  test('has each of them in words, and counts how they came out', async () => {
    const result = await evaluated(
      { 'a@500': 330, 'b@500': 300, 'a@16000': 302, 'b@16000': 300, 'a@40000': 280, 'b@40000': 330 },
      { comparisons: sizes, over: 'items' },
    );
    expect(result.comparisons.map(({ outcome, text }) => `${outcome}: ${text}`)).toEqual([
      'holds: rm_pairs=500: accuracy of accuracy (init=pmp) above accuracy (init=base)',
      'undecided: rm_pairs=16000: accuracy of accuracy (init=pmp) above accuracy (init=base)',
      'fails: rm_pairs=40000: accuracy of accuracy (init=pmp) above accuracy (init=base)',
    ]);
    expect(verdictOf(result)).toMatchObject({
      outcome: 'fails',
      text: claim.text,
      reason: 'of 3 comparisons 1 holds, 1 fails, 1 undecided',
    });
  });

  test('counts comparisons of the very same results once', async () => {
    const result = await evaluated(
      { 'a@500': 330, 'b@500': 300, 'a@16000': 340, 'b@16000': 300, 'a@40000': 'a@16000', 'b@40000': 'b@16000' },
      { comparisons: sizes, over: 'items' },
    );
    expect(result.comparisons.map(({ text }) => text.split(':')[0])).toEqual(['rm_pairs=500', 'rm_pairs=16000']);
    expect(verdictOf(result)).toMatchObject({ outcome: 'holds', reason: 'of 2 comparisons 2 hold' });
  });
});

describe('a claim over training', () => {
  const lone: PlanComparison = { where: {}, of: side('accuracy (init=pmp)', 'a@1', 'a@2'), to: side('accuracy (init=base)', 'b@1') };
  const rights = { 'a@1': 360, 'a@2': 361, 'b@1': 200 };

  test('is undecided where a side has one training, and shows what the models of the run say', async () => {
    const result = await evaluated(rights, { comparisons: [lone] });
    expect(result).toMatchObject({ outcome: 'undecided', p: 1, comparisons: [{ outcome: 'undecided', p: 1, n: 400 }] });
    expect(claimReason(result)).toBe(
      'a side has one training, which cannot tell the method from chance in training: give the sweep seeds, or say over: items',
    );
    const numbers = /\] at 95 %, p 1\.000, least difference it would show 0\.0\d+, 400 items .*, about these 3 models$/;
    expect(result.comparisons[0]).toMatchObject({ difference: expect.closeTo(0.401, 3), numbers: expect.stringMatching(numbers) });
    expect(await evaluated(rights, { comparisons: [lone], over: 'items' })).toMatchObject({ outcome: 'holds' });
  });

  test('needs more than items to tell two methods apart: one lucky seed is not enough', async () => {
    const rights = { 'a@1': 360, 'a@2': 300, 'b@1': 300, 'b@2': 300 };
    expect(await evaluated(rights)).toMatchObject({ outcome: 'undecided' });
    expect(await evaluated(rights, { over: 'items' })).toMatchObject({ outcome: 'holds' });
  });

  test('counts two nodes of one result as one training', async () => {
    const result = await evaluated({ 'a@1': 360, 'a@2': 'a@1', 'b@1': 300, 'b@2': 310 });
    expect(result.comparisons[0]?.numbers).toMatch(/about these 3 models$/);
  });

  test('counts measurements of one model as one training', async () => {
    const lone = await evaluated({ 'a@1': 360, 'a@2': 350, 'b@1': 300, 'b@2': 310 }, {}, (node) => (node.startsWith('a') ? 'rm' : node));
    expect(claimReason(lone)).toMatch(/^a side has one training/);
    const rights = { 'a@1': 380, 'a@2': 300, 'b@1': 370, 'b@2': 290 };
    expect(await evaluated(rights)).toMatchObject({ outcome: 'undecided' });
    expect(await evaluated(rights, {}, (node) => `rm ${node.slice(-1)}`)).toMatchObject({ outcome: 'holds' });
  });

  test('says which training all of its seeds share', async () => {
    expect((await evaluated({ 'a@1': 330, 'a@2': 320, 'b@1': 300, 'b@2': 300 })).trained_once).toEqual(['pmp']);
    const nodes = planOf(`codepmp: 1
name: t
params:
  seed: {type: integer, default: 1}
steps:
  code: {uses: dataset/arithmetic}
  pmp: {uses: train/pmp, with: {base: smollm2-135m-instruct, pairs: code.train}}
  rm: {uses: train/rm, with: {init: pmp, pairs: code.train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: code.test}}
sweeps:
  again: {seeds: [1, 2]}
`).nodes;
    const measured = nodes.filter(({ step }) => step === 'accuracy').map(({ id }) => id);
    expect(measured).toHaveLength(2);
    const trainings = measured.map(createTrainings(nodes));
    expect(trainings.map((each) => each.map(({ step }) => step))).toEqual([['pmp', 'rm'], ['pmp', 'rm']]);
    expect([trainedOnce(trainings), trainedOnce(trainings.slice(1))]).toEqual([['pmp'], []]);
  });
});

describe('the claims of a file', () => {
  test('are one family: what holds alone is undecided where so many claims would show it by chance', async () => {
    const keyOf = new Map<string, Digest>();
    for (const [node, right] of [['a', 330], ['c', 300]] as const)
      keyOf.set(node, await recorded(hashOf(++keys), accuracyOf(right)));
    const claimOf = (id: string, of: string): PlanClaim => ({
      ...claim,
      id,
      over: 'items',
      comparisons: [{ where: {}, of: side(of, of), to: 0.74 }],
    });
    const check = (claims: PlanClaim[]) =>
      evaluateClaims({ store, artifacts }, { claims, keyOf: (node) => keyOf.get(node) ?? null, about, trainingsOf: () => [] });
    const [alone] = await check([claimOf('one', 'a')]);
    expect(alone).toMatchObject({ outcome: 'holds', p: alone?.holm });
    const family = await check([claimOf('one', 'a'), ...Array.from({ length: 4000 }, (_, index) => claimOf(`c${index}`, 'c'))]);
    expect(family[0]).toMatchObject({ outcome: 'undecided', p: alone?.p, holm: expect.closeTo((alone?.p ?? 0) * 4001, 6) });
    expect(verdictOf(family[0]!).reason).toBe('alone it holds, which can be chance among 4001 claims');
  });
});

describe('metrics that are lost', () => {
  test('leave the claim undecided, with what happened to them', async () => {
    const shards = [{ digest: 'a'.repeat(64), rows: 1, bytes: 1, name: 'metrics.json' }];
    const lost = await artifacts.writeManifest({ type: 'metrics', rows: 1, shards, meta: {} });
    const key = 'f'.repeat(64);
    await store.publish(
      `results/${key}`,
      canonicalBytes({
        format: 1,
        key,
        kind: 'eval/accuracy',
        parts: {},
        outputs: { out: lost },
        calls: {},
        training_steps: 0,
        seconds: 1,
      }),
    );
    const alone = { ...claim, comparisons: [{ where: {}, of: side('accuracy', 'a'), to: 0.5 }] };
    const [result] = await evaluateClaims({ store, artifacts }, { claims: [alone], keyOf: () => key, about, trainingsOf: () => [] });
    expect(result).toMatchObject({
      outcome: 'undecided',
      comparisons: [{ reason: expect.stringMatching(/^a: blob a{64} is missing in the store/) }],
    });
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
    const key = await recorded('1'.repeat(64), accuracyOf(350));
    const head = { run: 'r-1', name: 't', status: 'succeeded' as const, started: 1, plan: digest };
    await beginRecord(store, head, unitsOf(plan));
    const unit: UnitProgress = { id: 'accuracy', nodes: [{ id: 'accuracy', kind: 'eval/accuracy', key }], state: 'done' };
    const { claims } = await finish({ store, artifacts, reports: { addClaims } } as unknown as Dependencies)({
      delta: { head, changed: [unit] },
      plan: digest,
    });
    expect(claims).toMatchObject([{ id: 'better-than-chance', outcome: 'holds', text: expect.stringContaining('400 items') }]);
    const record = JSON.parse(new TextDecoder().decode((await store.readNote('runs/r-1/progress.json')) ?? new Uint8Array())) as {
      claims: object[];
    };
    expect(record.claims).toMatchObject([{ id: 'better-than-chance', comparisons: [{ outcome: 'holds', n: 400 }] }]);
    const folder = join(root, 'runs', 'r-1', 'report');
    expect(JSON.parse(await readFile(join(folder, 'claims.json'), 'utf8'))).toEqual(record.claims);
    expect(await readFile(join(folder, 'claims.md'), 'utf8')).toMatch(/^# Claims\n[^]*better-than-chance \| holds \| \\\+0\.375 /);
  });

  test('calls a node that was skipped by its title, and says so', async () => {
    const swept: Plan = { ...plan, nodes: plan.nodes.map((node) => (node.step === 'accuracy' ? { ...node, label: { lr: 3e-6 } } : node)) };
    const digest = await store.putBytes(canonicalBytes(swept as unknown as Json));
    const head = { run: 'r-2', name: 't', status: 'succeeded' as const, started: 1, plan: digest };
    await beginRecord(store, head, unitsOf(swept));
    const unit: UnitProgress = {
      id: 'accuracy',
      nodes: [{ id: 'accuracy', kind: 'eval/accuracy' }],
      state: 'skipped',
      why: 'needs rm, which was skipped',
    };
    const dependencies = { store, artifacts, reports: { addClaims } } as unknown as Dependencies;
    const { claims } = await finish(dependencies)({ delta: { head, changed: [unit] }, plan: digest });
    expect(claims).toMatchObject([{ outcome: 'undecided', reason: 'accuracy (lr=3e-6): it was skipped' }]);
  });
});
