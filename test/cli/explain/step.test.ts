import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunProgress } from '../../../plan/index.ts';
import { planOf } from '../../compile/rig.ts';
import { recordedFolder } from '../recorded-runs.ts';

/** Twelve lines that hold every kind of reason; the numbers in the tests are lines of it. */
const pipeline = `codepmp: 1
name: study
params:
  seed: {type: integer, default: 1}
models:
  strong: {endpoint: local-strong, temperature: 0.3, max_tokens: 96}
  weak:   {endpoint: local-weak, temperature: 1, max_tokens: 96}
steps:
  code:    {uses: source/files, with: {source: python-stdlib, take: 8, seed: 1}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  chosen:  {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs:   {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
  pmp:
    uses: train/pmp
    with:
      base: smollm2-135m-instruct
      pairs: pairs
      schedule: {kind: wsd, lr: 3e-6}
      seed: $seed
  sums:     {uses: dataset/arithmetic, with: {train: 40, test: 20, seed: 7}}
  rm:       {uses: train/rm, with: {init: pmp, pairs: sums.train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: sums.test}}
`;
const faster = pipeline.replace('lr: 3e-6', 'lr: 1e-6');

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

async function explained(step: string, text: string, ...args: string[]): Promise<string> {
  await using user = await recordedFolder();
  await user.record('first', pipeline);
  await user.write('pipeline.yaml', text);
  const { exitCode, stdout, stderr } = await user.codepmp('explain', step, 'pipeline.yaml', ...args);
  expect({ exitCode, stderr: stderr.includes('codepmp: ') }).toEqual({ exitCode: 0, stderr: false });
  return stdout;
}

describe('a step that is called like a code', () => {
  it('is explained where no code has its name, or a run or a file is named', async () => {
    await using user = await recordedFolder();
    await user.record(
      'first',
      'codepmp: 1\nname: t\nsteps:\n  e1: {uses: dataset/arithmetic}\n  e0105: {uses: dataset/arithmetic, with: {seed: 2}}\ntargets: [e1, e0105]\n',
    );
    expect(firstLine((await user.codepmp('explain', 'e1')).stdout)).toBe('e1 ran: no earlier run in this store has such a step');
    expect(firstLine((await user.codepmp('explain', 'e0105', 'first')).stdout)).toBe(
      'e0105 ran: no earlier run in this store has such a step',
    );
    expect(firstLine((await user.codepmp('explain', 'e0105')).stdout)).toBe('# E0105: duplicate key');
  });
});

describe('what a file would do', () => {
  it('names a changed setting, old and new, and its line', async () => {
    expect(firstLine(await explained('pmp', faster))).toBe('pmp re-runs: schedule.lr 3e-6 → 1e-6 (pipeline.yaml:19)');
  });

  it('goes up to the step where the change is', async () => {
    expect(firstLine(await explained('accuracy', faster))).toBe('accuracy re-runs: in pmp, schedule.lr 3e-6 → 1e-6 (pipeline.yaml:19)');
  });

  it('names the line of a param that was changed in the file, and --set where it comes from there', async () => {
    expect(firstLine(await explained('rm', pipeline.replace('default: 1}', 'default: 2}')))).toBe(
      'rm re-runs: seed 1 → 2 (pipeline.yaml:4)',
    );
    expect(firstLine(await explained('pmp', pipeline, '--set', 'seed=2'))).toBe(
      'pmp re-runs: seed 1 → 2 (--set seed, used at pipeline.yaml:20)',
    );
  });

  it('names what changed about a model, and a model that was replaced', async () => {
    expect(firstLine(await explained('chosen', pipeline.replace('temperature: 0.3', 'temperature: 0.7')))).toContain(
      'chosen re-runs: model strong: temperature 0.3 → 0.7 (pipeline.yaml:6)',
    );
    const other = pipeline
      .replace('{prompts: prompts, model: strong}', '{prompts: prompts, model: other}')
      .replace('steps:', '  other: {endpoint: local-weak, max_tokens: 99}\nsteps:');
    expect(firstLine(await explained('chosen', other))).toBe(
      'chosen re-runs: model strong → other (pipeline.yaml:12); model other: max_tokens 96 → 99 (pipeline.yaml:8); and 1 more',
    );
  });

  it('names another step that is read', async () => {
    const rewired = pipeline.replace('init: pmp', 'init: smollm2-135m-instruct');
    expect(firstLine(await explained('rm', rewired))).toContain('init no longer reads pmp (pipeline.yaml:22)');
  });

  it('compares with the earlier result that has most in common, above the step too', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    await user.record('second', faster);
    await user.write('pipeline.yaml', pipeline.replace('train: 40', 'train: 41'));
    expect(firstLine((await user.codepmp('explain', 'accuracy', 'pipeline.yaml')).stdout)).toBe(
      'accuracy re-runs: in sums, train 40 → 41 (pipeline.yaml:21)',
    );
  });

  it('says that a step was never run, and what is reused while its source is as it was', async () => {
    expect(firstLine(await explained('more', `${pipeline}  more: {uses: eval/choice, with: {model: rm, choices: sums.choices}}\n`))).toBe(
      'more runs: no earlier run in this store has such a step',
    );
    expect(firstLine(await explained('pmp', pipeline))).toBe(
      'pmp is reused if code is unchanged: made in first with the same settings and inputs',
    );
    expect(firstLine(await explained('code', pipeline))).toBe(
      'code is reused if its content is unchanged: made in first with the same settings and inputs',
    );
    expect(firstLine(await explained('sums', pipeline))).toBe('sums is reused: made in first with the same settings and inputs');
  });

  it('names the file that a line stands in, where one extends another', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    await user.write('base.yaml', faster);
    await user.write('mine.yaml', 'codepmp: 1\nname: mine\nextends: ./base.yaml\nmodels:\n  weak: {temperature: 0.9}\n');
    expect(firstLine((await user.codepmp('explain', 'pmp', 'mine.yaml')).stdout)).toBe(
      'pmp re-runs: schedule.lr 3e-6 → 1e-6 (base.yaml:19); in rejected, model weak: temperature 1 → 0.9 (mine.yaml:5)',
    );
  });

  it('names the file that gives a param its value', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    await user.write('base.yaml', pipeline);
    await user.write('mine.yaml', 'codepmp: 1\nname: mine\nextends: ./base.yaml\nparams:\n  seed: 2\n');
    expect(firstLine((await user.codepmp('explain', 'pmp', 'mine.yaml')).stdout)).toBe('pmp re-runs: seed 1 → 2 (mine.yaml:5)');
  });

  it('explains a plan that was kept, by the lines of the file it was made from', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    await user.write('pipeline.yaml', faster);
    await user.codepmp('plan', 'pipeline.yaml', '--out', 'plan.json');
    expect(firstLine((await user.codepmp('explain', 'pmp', 'plan.json')).stdout)).toBe(
      'pmp re-runs: schedule.lr 3e-6 → 1e-6 (pipeline.yaml:19)',
    );
    await user.write('pipeline.yaml', `# another line\n${faster}`);
    expect(firstLine((await user.codepmp('explain', 'pmp', 'plan.json')).stdout)).toBe(
      'pmp re-runs: schedule.lr 3e-6 → 1e-6 (pipeline.yaml:14)',
    );
  });

  it('explains the nodes of a sweep together where they share the reason', async () => {
    await using user = await recordedFolder();
    const sweep = 'sweeps:\n  seeds: {seeds: [1, 2]}\n';
    await user.record('first', `${pipeline}${sweep}`);
    await user.write(
      'pipeline.yaml',
      `${pipeline.replace('pairs: sums.train, seed', 'pairs: sums.train, batch_size: 32, seed')}${sweep.replace('2]', '2, 3]')}`,
    );
    const { stdout } = await user.codepmp('explain', 'rm', 'pipeline.yaml');
    expect(stdout).toBe(`3 nodes of rm: 2 re-run, 1 runs

  2 nodes re-run: batch_size 64 → 32 (pipeline.yaml:22)
    seed=1, 2

  1 node runs: no earlier run has seed=3
    seed=3`);
    const one = await user.codepmp('explain', 'rm', 'pipeline.yaml', '--cell', 'seed=2');
    expect(firstLine(one.stdout)).toBe('rm re-runs: batch_size 64 → 32 (pipeline.yaml:22)');
    expect((await user.codepmp('explain', 'rm', 'pipeline.yaml', '--cell', 'seed=9')).exitCode).toBe(1);
    for (const step of ['rm', 'sums']) {
      const { exitCode, stderr } = await user.codepmp('explain', step, '--run', 'first', '--cell', 'seed=9');
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`first has ${step} in no cell with seed=9`)]);
    }
  });

  it('names a kind whose version was raised', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline, { versions: { 'train/pmp': 0 } });
    await user.write('pipeline.yaml', pipeline);
    const version = planOf(pipeline).nodes.find(({ kind }) => kind === 'train/pmp')?.version;
    expect(firstLine((await user.codepmp('explain', 'pmp', 'pipeline.yaml')).stdout)).toBe(
      `pmp re-runs: version of the kind train/pmp 0 → ${version}`,
    );
    expect(firstLine((await user.codepmp('explain', 'rm', 'pipeline.yaml')).stdout)).toBe(
      `rm re-runs: in pmp, version of the kind train/pmp 0 → ${version}`,
    );
  });

  it('names a result that is gone', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    await rm(join(user.path, '.codepmp', 'names', 'results'), { recursive: true });
    await user.write('pipeline.yaml', pipeline);
    const { stdout } = await user.codepmp('explain', 'sums', 'pipeline.yaml');
    expect(firstLine(stdout)).toBe('sums re-runs: the store no longer has the result that first recorded');
  });

  it('names the run that did not finish it', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline, { fail: { pmp: 'the batch does not fit' } });
    await user.write('pipeline.yaml', pipeline);
    const { stdout } = await user.codepmp('explain', 'pmp', 'pipeline.yaml');
    expect(firstLine(stdout)).toBe('pmp runs: it did not finish in first (out-of-memory: the batch does not fit)');
  });
});

describe('what a run did', () => {
  it('names what changed since the nearest earlier result, and the run a result was taken from', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    await user.record('second', faster);
    expect(firstLine((await user.codepmp('explain', 'rm')).stdout)).toBe('rm re-ran: in pmp, schedule.lr 3e-6 → 1e-6 (pipeline.yaml:19)');
    expect(firstLine((await user.codepmp('explain', 'pairs')).stdout)).toBe(
      'pairs was reused: made in first with the same settings and inputs',
    );
    expect(firstLine((await user.codepmp('explain', 'rm', 'first')).stdout)).toBe('rm ran: no earlier run in this store has such a step');
  });

  it('is explained by what was there when a step was done, whichever run began first', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    await user.record('second', faster);
    const name = 'runs/first/progress.json';
    const record = JSON.parse(new TextDecoder().decode((await user.store.readNote(name)) ?? new Uint8Array())) as RunProgress;
    const late = record.started + 5 * 3_600_000;
    const units = record.units.map((unit) => (unit.id === 'pmp' ? { ...unit, started: record.started, finished: late } : unit));
    await user.store.note(name, new TextEncoder().encode(JSON.stringify({ ...record, units, finished: late })));
    expect(firstLine((await user.codepmp('explain', 'pmp', 'second')).stdout)).toBe(
      'pmp ran: no earlier run in this store has such a step',
    );
    expect(firstLine((await user.codepmp('explain', 'pmp', 'first')).stdout)).toBe(
      'pmp re-ran: schedule.lr 1e-6 → 3e-6 (pipeline.yaml:19)',
    );
  });

  it('names the source whose files changed', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    await user.record('second', pipeline, { content: 'other files' });
    expect(firstLine((await user.codepmp('explain', 'pmp')).stdout)).toBe('pmp re-ran: in code, the files of python-stdlib changed');
  });

  it('says that an upstream step ran again with an equal result', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline, { made: { prompts: 'the same' } });
    await user.record('second', pipeline.replace('temperature: 0.3', 'temperature: 0.4'), { made: { prompts: 'the same' } });
    expect(firstLine((await user.codepmp('explain', 'rejected')).stdout)).toBe(
      'rejected was reused: made in first with the same settings and inputs; prompts ran again with an equal result',
    );
  });

  it('names a step of a file that no target needs, and the steps there are', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline);
    await user.write('pipeline.yaml', `${pipeline}  idle: {uses: clip, with: {prompts: prompts, keep: 0.5}}\n`);
    expect((await user.codepmp('explain', 'idle', 'pipeline.yaml')).stderr).toContain(
      'idle is not in the plan of this file: no target needs it.',
    );
    expect((await user.codepmp('explain', 'nothing')).stderr).toContain('first has no step nothing. Its steps: code, prompts,');
    expect((await user.codepmp('explain', 'rmm')).stderr).toContain(
      'codepmp: first has no step rmm. Did you mean rm? Its steps: code, prompts,',
    );
  });

  it('says once why nodes of a sweep were left out, each for its own', async () => {
    await using user = await recordedFolder();
    await user.record('first', `${pipeline}sweeps:\n  seeds: {seeds: [1, 2]}\n`);
    const name = 'runs/first/progress.json';
    const record = JSON.parse(new TextDecoder().decode((await user.store.readNote(name)) ?? new Uint8Array())) as RunProgress;
    const rms = record.units.map(({ id }) => id).filter((id) => id.startsWith('rm@'));
    const units = record.units.map((unit) =>
      unit.id.startsWith('accuracy@') ? { ...unit, state: 'skipped', why: `needs ${rms.shift()}, which was skipped` } : unit,
    );
    await user.store.note(name, new TextEncoder().encode(JSON.stringify({ ...record, units })));
    expect(firstLine((await user.codepmp('explain', 'accuracy')).stdout)).toBe(
      'all 2 nodes of accuracy were skipped: needs rm, which was skipped',
    );
  });

  it('says how a step failed', async () => {
    await using user = await recordedFolder();
    await user.record('first', pipeline, { fail: { pmp: 'the batch does not fit' } });
    expect(firstLine((await user.codepmp('explain', 'pmp')).stdout)).toBe('pmp failed (out-of-memory): the batch does not fit');
  });
});
