import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Context } from '../../../cli/context.ts';
import { createOutput } from '../../../cli/terminal/output.ts';
import { prepareResumption } from '../../../cli/diff/resumption.ts';
import type { ResumptionOptions } from '../../../cli/diff/resumption.ts';
import { pickRun } from '../../../cli/runs/runs.ts';
import { loadConfig } from '../../../compile/index.ts';
import { canonicalBytes } from '../../../plan/keys.ts';
import { recordedFolder } from '../recorded-runs.ts';
import type { RecordedFolder } from '../recorded-runs.ts';
import { checkout } from '../supervisor/services-rig.ts';

const pipeline = `codepmp: 1
name: study
params:
  seed: {type: integer, default: 1}
  rm_pairs: {type: integer, default: 300}
steps:
  data: {uses: dataset/arithmetic, with: {train: $rm_pairs}}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: data.train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: data.test}}
  report: {uses: report, with: {metrics: [accuracy]}}
`;
const swept = `${pipeline}sweeps:\n  size: {grid: {rm_pairs: [100, 200]}, seeds: [1, 2]}\n`;

async function resumed(user: RecordedFolder, options: ResumptionOptions = {}) {
  const { config } = loadConfig({ folder: user.path, env: {}, home: checkout });
  const context: Context = { folder: user.path, home: checkout, config, output: createOutput({ json: true }) };
  return prepareResumption(context, { store: user.store, record: await pickRun(user.store, undefined) }, options);
}

describe('resume', () => {
  test('submits the very file with the values and the part of it that were asked for', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', pipeline, { set: { seed: '7' } });
    const { input, settings, lines, plan } = await resumed(user);
    expect(input).toEqual({ spec: pipeline, set: { seed: '7' }, file: 'pipeline.yaml' });
    expect(settings).toEqual({});
    expect(lines).toEqual(['pipeline.yaml as it was in study-1']);
    expect(plan.cells[0]?.values['seed']).toBe(7);
  });

  test('says what has changed in the file since, and how to run that', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', pipeline);
    await user.write('pipeline.yaml', pipeline.replace('seed: $seed}', 'seed: $seed, epochs: 2}'));
    const { lines, input } = await resumed(user);
    expect(input.spec).toBe(pipeline);
    expect(lines[0]).toBe('pipeline.yaml as it was in study-1; it has changed since:');
    expect(lines.join('\n')).toContain('epochs');
    expect(lines.at(-1)).toBe('To run it as it is now: codepmp resume study-1 pipeline.yaml');
    await user.write('pipeline.yaml', `# a comment\n${pipeline}`);
    expect((await resumed(user)).lines).toEqual(['pipeline.yaml as it was in study-1']);
    await user.write('pipeline.yaml', 'codepmp: 1\n');
    expect((await resumed(user)).lines[1]).toBe(
      'pipeline.yaml has changed since and is no longer valid. To run it as it is now: codepmp resume study-1 pipeline.yaml',
    );
  });

  test('of another file shows the difference first and keeps the values that were given', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', pipeline, { set: { seed: '7' } });
    const path = join(user.path, 'edited.yaml');
    await writeFile(path, pipeline.replace('default: 300', 'default: 500'));
    const { input, lines, plan } = await resumed(user, { file: path });
    expect(input).toMatchObject({ set: { seed: '7' }, file: 'edited.yaml' });
    expect(lines[0]).toBe('study-1 → edited.yaml');
    expect(lines.join('\n')).toContain('rm_pairs 300 → 500');
    expect(plan.cells[0]?.values).toMatchObject({ seed: 7, rm_pairs: 500 });
    await writeFile(path, pipeline);
    expect((await resumed(user, { file: path })).lines).toEqual(['edited.yaml gives the same plan as in study-1']);
  });

  test('--failed lists what is not done, with the reason', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', pipeline, { fail: { rm: 'out of memory' } });
    const { lines, left, settings } = await resumed(user, { failed: true });
    expect(lines).toEqual([
      'pipeline.yaml as it was in study-1',
      '3 nodes of 4 left to run:',
      '  rm: failed (out-of-memory)',
      '  accuracy: waiting',
      '  report: waiting',
    ]);
    expect(left).toEqual(['rm', 'accuracy', 'report']);
    expect(settings).not.toHaveProperty('again');
  });

  test('--failed counts nodes of a step that stand alike', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', swept, { fail: { rm: 'out of memory' } });
    expect((await resumed(user, { failed: true })).lines).toContain('  rm: 4 nodes failed (out-of-memory)');
  });

  test('--from does all nodes of a step once more, or one of them', async () => {
    await using user = await recordedFolder();
    const plan = await user.record('study-1', swept);
    const nodes = plan.nodes.filter(({ step }) => step === 'rm').map(({ id }) => id);
    const all = await resumed(user, { from: ['rm'] });
    expect(all.settings).toEqual({ again: nodes });
    expect(all.lines.at(-1)).toMatch(/^rerunning rm \(.*\), rm \(.*\); later steps run if their inputs change$/);
    expect((await resumed(user, { from: [nodes[1] ?? ''] })).settings.again).toEqual([nodes[1]]);
    await expect(resumed(user, { from: ['pmp'] })).rejects.toThrow(
      'there is no step pmp in this plan. Its steps: data, rm, accuracy, report',
    );
  });

  test('--cell takes a part of the cells; --from means their nodes then', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', swept);
    const { settings, plan } = await resumed(user, { cell: { seed: '2', rm_pairs: '100' }, from: ['rm'] });
    expect(settings).toEqual({ cell: { seed: '2', rm_pairs: '100' }, again: ['rm'] });
    expect(plan.cells).toHaveLength(1);
  });

  test('refuses --failed with --from, and cells of a run of a plan', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', swept);
    await expect(resumed(user, { failed: true, from: ['rm'] })).rejects.toThrow(
      '--failed keeps finished steps and --from reruns them: use one of the two',
    );
    const record = await pickRun(user.store, undefined);
    const started = Date.now();
    await user.store.publish(
      `runs/plan-1/submission-${started}`,
      canonicalBytes({ run: 'plan-1', file: 'plan.json', spec: null, set: {} }),
    );
    await user.store.note('runs/plan-1/progress.json', new TextEncoder().encode(JSON.stringify({ ...record, run: 'plan-1', started })));
    expect(await resumed(user, { from: ['report'] })).toMatchObject({ input: { file: 'plan.json' }, plan: { name: 'study' } });
    await expect(resumed(user, { cell: { seed: '1' } })).rejects.toThrow(
      'plan-1 was started from a saved plan, whose cells are fixed; --cell cannot change them. Make another plan: codepmp plan FILE --cell seed=1 --out FILE.json',
    );
  });
});

describe('the command', () => {
  test('runs nothing where nothing is left, and says so', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', pipeline);
    const { exitCode, stderr } = await user.codepmp('resume', '--failed');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('study-1 finished every step');
    const json = await user.codepmp('resume', '--failed', '--json');
    expect(JSON.parse(json.stdout)).toEqual({ type: 'resume', run: 'study-1', file: 'pipeline.yaml', left: [] });
  });

  test('refuses a selector that is none, and a file that is not there', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', pipeline);
    expect(await user.codepmp('resume', '--cell', 'seed')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--cell seed: expected name=value'),
    });
    expect(await user.codepmp('resume', 'study-1', 'gone.yaml')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('gone.yaml: there is no such file'),
    });
  });
});
