import { describe, expect, it } from 'vitest';
import type { MeasuredPair } from '../../../cli/diff/results.ts';
import type { Json, PlanNode } from '../../../plan/index.ts';
import { evaluateRewardbench } from '../../../stats/index.ts';
import { recordedFolder } from '../recorded-runs.ts';

const pipeline = `codepmp: 1
name: study
params:
  seed: {type: integer, default: 1}
models:
  strong: {endpoint: local-strong, temperature: 0.3, max_tokens: 96}
steps:
  code:    {uses: source/files, with: {source: python-stdlib, take: 8, seed: 1}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  chosen:  {uses: respond, with: {prompts: prompts, model: strong}}
  pairs:   {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: code}}
  pmp:     {uses: train/pmp, with: {base: smollm2-135m-instruct, pairs: pairs, schedule: {kind: wsd, lr: 3e-6}}}
  sums:     {uses: dataset/arithmetic, with: {train: 40, test: 20, seed: 7}}
  rm:       {uses: train/rm, with: {init: pmp, pairs: sums.train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: sums.test}}
  bon:      {uses: eval/bon, with: {model: rm, candidates: graded, n: [1, 4]}}
  samples:  {uses: candidates, with: {questions: sums.questions, model: strong, n: 4}}
  graded:   {uses: grade, with: {candidates: samples}}
`;
const changed = pipeline.replace('lr: 3e-6', 'lr: 1e-6');

/** Of 100 items the first so many are right. */
function measured(right: number, items = 'the items') {
  const value = right / 100;
  const accuracy = { n: 100, value, interval: [value - 0.1, value + 0.1], method: 'agresti-coull' };
  const outcomes = '1'.repeat(right) + '0'.repeat(100 - right);
  const values = [...outcomes].map(Number);
  const bon = {
    kind: 'eval/bon',
    best: { at: 4, ...accuracy },
    curves: [{ name: 'model', points: [{ at: 4, ...accuracy }] }],
    items,
    outcomes: [{ name: 'model', at: 4, values }],
  };
  return ({ kind }: PlanNode): Json => (kind === 'eval/bon' ? bon : { kind, accuracy, ties: 0, baselines: [], kinds: [], items, outcomes });
}

/** Best-of-N of 100 questions, of which so many are right at each N. */
function bonMeasured(sizes: { [n: number]: number }) {
  const points = Object.entries(sizes).map(([n, right]) => {
    const values = Array.from({ length: 100 }, (_, index) => (index < right ? 1 : 0));
    return { at: Number(n), n: 100, value: right / 100, interval: [0, 1], method: 'agresti-coull', values };
  });
  const [curves, outcomes] = [[{ name: 'model', points }], points.map(({ at, values }) => ({ name: 'model', at, values }))];
  return ({ kind }: PlanNode): Json => (kind === 'eval/bon' ? { kind, best: points.at(-1) ?? null, curves, items: 'the items', outcomes } : { kind });
}

/** Of the pairs of each subset of RewardBench this share is right; `of my own` is no subset and counts nowhere. */
function benchmarkMeasured(right: { [subset: string]: number }) {
  const pairsOf = { 'alpacaeval-easy': 20, 'llmbar-natural': 20, donotanswer: 20, 'math-prm': 140, 'of my own': 30 };
  const rows = Object.entries(pairsOf).flatMap(([kind, pairs]) =>
    Array.from({ length: pairs }, (_, index) => ({
      kind,
      prompt: `${kind} ${index}`,
      chosen: 'a',
      rejected: 'b',
      chosen_score: index < pairs * (right[kind] ?? 0) ? 1 : 0,
      rejected_score: 0.5,
    })),
  );
  return evaluateRewardbench({ rows });
}

describe('two runs', () => {
  it('show what changed and where, and their results as a paired comparison of the same items', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline, { metrics: measured(50) });
    await user.record('second', changed, { metrics: measured(60) });
    const { exitCode, stdout, stderr } = await user.codepmp('diff', 'first', 'second');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(`first → second: pmp: schedule.lr 3e-6 → 1e-6 (pipeline.yaml:12); accuracy +0.100

settings
  pmp
    schedule.lr 3e-6 → 1e-6 (pipeline.yaml:12)
  and through their inputs: rm, accuracy, bon

results
  accuracy   accuracy, n 100
    0.500 [0.400, 0.600] → 0.600 [0.500, 0.700]
    difference +0.100 [+0.034, +0.162], p 0.003
  bon   Best-of-4, n 100
    0.500 [0.400, 0.600] → 0.600 [0.500, 0.700]
    difference +0.100 [+0.034, +0.162], p 0.003`);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('of the same settings and results are the same', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline, { metrics: measured(50) });
    await user.record('second', pipeline);
    const { stdout } = await user.codepmp('diff', 'first', 'second');
    expect(stdout.split('\n')[0]).toBe('first and second are the same: 11 nodes, equal results');
    expect(stdout).toContain('accuracy, n 100: the same, 0.500 [0.400, 0.600]');
  });

  it('show claims that came to another end', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline, { claims: { 'better-than-chance': 'holds', other: 'holds' } });
    await user.record('second', changed, { claims: { 'better-than-chance': 'undecided', other: 'holds' } });
    const { stdout } = await user.codepmp('diff', 'first', 'second');
    expect(stdout).toMatch(/^first → second: pmp: .*; better-than-chance holds → undecided\n/);
    expect(stdout).toContain('claims\n  ~ better-than-chance: holds → undecided');
  });

  it('of the same settings whose source changed say where that begins', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    await user.record('second', pipeline, { content: 'other' });
    const { stdout } = await user.codepmp('diff', 'first', 'second');
    expect(stdout).toContain(
      'different inputs\n  code: the files of python-stdlib changed\n  and the steps that use it: prompts, chosen, pairs, pmp, rm, accuracy and 1\n    more',
    );
  });

  it('of a benchmark that weighs its pairs differ by the difference of the two values that are shown', async () => {
    const weighted = (text: string) => text.replace('  samples:', '  bench:    {uses: eval/rewardbench, with: {model: rm, pairs: sums.test}}\n  samples:');
    const before = benchmarkMeasured({ 'alpacaeval-easy': 0.5, 'llmbar-natural': 0.5, donotanswer: 0.5, 'math-prm': 0.7 });
    const after = benchmarkMeasured({ 'alpacaeval-easy': 0.8, 'llmbar-natural': 0.8, donotanswer: 0.8, 'math-prm': 0.5, 'of my own': 1 });
    await using user = await recordedFolder();
    await user.record('first', weighted(pipeline), { metrics: (node) => (node.step === 'bench' ? before : measured(50)(node)) });
    await user.record('second', weighted(changed), { metrics: (node) => (node.step === 'bench' ? after : measured(50)(node)) });
    const { stdout } = await user.codepmp('diff', 'first', 'second', '--json');
    const { results } = JSON.parse(stdout) as { results: MeasuredPair[] };
    const { paired } = results.find(({ measure }) => measure === 'overall') ?? {};
    const difference = (after.overall.value ?? 0) - (before.overall.value ?? 0);
    expect(difference).toBeGreaterThan(0.05);
    expect(paired).toMatchObject({ n: 200, difference: expect.closeTo(difference, 9), first_only: 18, second_only: 28, mcnemar: null });
    expect(paired?.interval[0]).toBeLessThan(difference);
  });

  it('of Best-of-N are compared at the largest N of both, and shown at one of the second where they share none', async () => {
    const compared = async (before: { [n: number]: number }, after: { [n: number]: number }) => {
      await using user = await recordedFolder();
      const steps = pipeline.replace(/ {2}accuracy: .*\n/, '');
      await user.record('first', steps, { metrics: bonMeasured(before) });
      await user.record('second', steps.replace('lr: 3e-6', 'lr: 1e-6'), { metrics: bonMeasured(after) });
      const { stdout } = await user.codepmp('diff', 'first', 'second');
      return stdout.slice(stdout.indexOf('  bon ')).trimEnd().split('\n');
    };
    expect(await compared({ 1: 40, 2: 45, 4: 50, 8: 55, 16: 60 }, { 1: 50, 3: 60, 9: 70, 27: 80 })).toEqual([
      '  bon   Best-of-1, n 100',
      '    0.400 [0.000, 1.000] → 0.500 [0.000, 1.000]',
      '    difference +0.100 [+0.034, +0.162], p 0.003',
    ]);
    expect(await compared({ 2: 45 }, { 3: 60, 9: 70 })).toEqual(['  bon   Best-of-9, n 100', '    none → 0.700 [0.000, 1.000]']);
  });

  it('that were measured on other items are not compared', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline, { metrics: measured(50) });
    await user.record('second', changed, { metrics: measured(60, 'other items') });
    const { stdout } = await user.codepmp('diff', 'first', 'second', '--json');
    const found = JSON.parse(stdout) as { results: object[]; changed: object[] };
    expect(found).toMatchObject({
      format: 1,
      before: { run: 'first' },
      changed: [{ node: 'pmp', changes: [{ path: ['settings', 'schedule', 'lr'], before: 3e-6, after: 1e-6, at: 'pipeline.yaml:12' }] }],
      through_inputs: [{ node: 'rm' }, { node: 'accuracy' }, { node: 'bon' }],
    });
    expect(found.results).toMatchObject([{ before: { value: 0.5 }, after: { value: 0.6 }, paired: null }, { paired: null }]);
  });
});

describe('a file and a run', () => {
  it('name the lines of the file, whichever comes first', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    await user.write('new.yaml', `# a line more\n${changed}`);
    expect((await user.codepmp('diff', 'first', 'new.yaml')).stdout).toContain('schedule.lr 3e-6 → 1e-6 (new.yaml:13)');
    expect((await user.codepmp('diff', 'new.yaml', 'first')).stdout).toContain('schedule.lr 1e-6 → 3e-6 (new.yaml:13)');
  });

  it('take values of params for the file', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    await user.write('new.yaml', pipeline);
    const { stdout } = await user.codepmp('diff', 'first', 'new.yaml', '--set', 'seed=2');
    expect(stdout).toContain('params\n  seed 1 → 2\n\nsettings\n  rm\n    seed 1 → 2 (--set seed, used at new.yaml:14)');
  });

  it('show params, steps, cells and claims that come or go', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    const sweep =
      'sweeps:\n  seeds: {seeds: [1, 2, 3]}\nclaims:\n  - {id: better-than-chance, metric: {step: accuracy, name: accuracy}, of: {}, above: 0.5}\n';
    await user.write('new.yaml', `${pipeline.replace(/  bon: .*\n/, '')}${sweep}`);
    const { stdout } = await user.codepmp('diff', 'first', 'new.yaml');
    expect(stdout).toContain('params\n  seed 1 → [1, 2, 3]\n');
    expect(stdout).toContain(
      'steps\n  + rm (seed=2), rm (seed=3) (train/rm)\n  + accuracy (seed=2), accuracy (seed=3) (eval/accuracy)\n  - samples (candidates)\n  - graded (grade)\n  - bon (eval/bon)\n',
    );
    expect(stdout).toContain('cells\n  1 cell in both, 2 added, 0 removed\n  + seed=2\n');
  });

  it('name what a report reads more as people call it, under one heading', async () => {
    await using user = await recordedFolder();
    const reported = `${pipeline}  report: {uses: report, with: {metrics: [accuracy]}}\n`;
    await user.record('first', reported);
    await user.write('new.yaml', `${reported}sweeps:\n  seeds: {seeds: [1, 2, 3]}\n`);
    const { stdout } = await user.codepmp('diff', 'first', 'new.yaml');
    expect(stdout).toContain('settings\n  report\n    the views of the report changed (new.yaml:19)\n    metrics also reads accuracy (seed=2)\n    metrics also reads accuracy (seed=3)\n');
  });

  it('count what somebody has changed: views over nodes of another id are the same views', async () => {
    await using user = await recordedFolder();
    const swept = (text: string) =>
      `${text}  report: {uses: report, with: {metrics: [accuracy]}}\nsweeps:\n  seeds: {seeds: [1, 2, 3]}\n`;
    await user.record('first', swept(pipeline));
    await user.write('new.yaml', swept(changed));
    const { stdout } = await user.codepmp('diff', 'first', 'new.yaml');
    expect(stdout).toMatch(/^first → new\.yaml: pmp: schedule\.lr 3e-6 → 1e-6 \(new\.yaml:12\)\n\nsettings\n {2}pmp\n/);
    expect(stdout).not.toContain('views');
  });

  it('that names no file and no run ends with what there is', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    const { exitCode, stderr } = await user.codepmp('diff', 'first', 'nothing');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('there is no run nothing');
  });
});
