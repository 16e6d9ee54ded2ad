import fc from 'fast-check';
import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Context } from '../../../cli/context.ts';
import type { Outlook } from '../../../cli/plan/reuse.ts';
import { amountOf, short } from '../../../cli/plan/amounts.ts';
import { readPipeline, requirePlan } from '../../../cli/pipeline/file.ts';
import type { PipelineOptions } from '../../../cli/pipeline/options.ts';
import { changedSince, readPlanFile, writePlanFile } from '../../../cli/plan/plan-file.ts';
import { openFile } from '../../../cli/compare/side.ts';
import { summarizePlan, type PlanSummary } from '../../../cli/plan/summary.ts';
import { loadConfig, planCosts } from '../../../compile/index.ts';
import { config as builtIn, planOf } from '../../compile/rig.ts';
import { recordedFolder, type RecordedFolder } from '../recorded-runs.ts';
import { checkout } from '../supervisor/services-rig.ts';

let user: RecordedFolder;
beforeAll(async () => {
  user = await recordedFolder();
  await user.write('codepmp.config.yaml', config);
});
afterAll(() => user[Symbol.asyncDispose]());

const config = `codepmp_config: 1
currency: EUR
endpoints:
  strong-coder: {url: "http://127.0.0.1:8000/v1", model: strong, identity: "sha256:${'1'.repeat(64)}", price: {input: 0.2, output: 0.6}}
  weak-coder: {url: "http://127.0.0.1:8001/v1", model: weak, identity: "sha256:${'2'.repeat(64)}"}
weights:
  qwen2-1.5b: {path: /models/qwen2-1.5b, identity: "sha256:${'3'.repeat(64)}", parameters: 1.5e9}
pools:
  gpu64: {launcher: agents, processes: 64, gpus: 64, peak_tflops: 989, price: 2.5}
  gpu8: {launcher: agents, processes: 8, gpus: 8, peak_tflops: 989, price: 2.5}
`;

const sampleEfficiency = `codepmp: 1
name: sample-efficiency
params:
  init: {type: checkpoint, default: pmp}
  rm_pairs: {type: integer, default: 40000}
  seed: {type: integer, default: 1}
models:
  strong: {endpoint: strong-coder, temperature: 0.7, max_tokens: 1024}
  weak: {endpoint: weak-coder, temperature: 0.7, max_tokens: 1024}
steps:
  code: {uses: source/files, with: {source: python-stdlib, take: 28000000, characters: {min: 200, max: 4000}}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
  pmp: {uses: train/pmp, with: {base: qwen2-1.5b, pairs: pairs, batch_size: 1024}, run: {pool: gpu64}}
  math: {uses: dataset/arithmetic, with: {train: $rm_pairs, test: 400}}
  rm: {uses: train/rm, with: {init: $init, pairs: math.train, seed: $seed}, run: {pool: gpu8}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: math.test}, run: {pool: gpu8}}
sweeps:
  sample-efficiency:
    grid: {init: [pmp, qwen2-1.5b], rm_pairs: {geometric: {from: 500, to: 40000, ratio: sqrt2}}}
    seeds: [1, 2, 3]
budget: {calls: 100000, gpu_hours: 1000}
`;

const study = (seeds: string) => `codepmp: 1
name: study
params: {seed: {type: integer, default: 1}}
models: {strong: {endpoint: local-strong, max_tokens: 256}}
steps:
  code: {uses: source/files, with: {source: python-stdlib, take: 32}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  task: {uses: dataset/arithmetic}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: task.train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: task.test}}
sweeps: {again: {seeds: ${seeds}}}
targets: [prompts]
`;

const numbers = (most: number) => `[${Array.from({ length: most }, (_, index) => index + 1).join(', ')}]`;

/** What stands beside this test under that name; `UPDATE_GOLDENS=1` writes it. */
function golden(name: string, text: string): string {
  const file = join(import.meta.dirname, name);
  if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(file, text);
  return existsSync(file) ? readFileSync(file, 'utf8') : 'no golden: run with UPDATE_GOLDENS=1';
}

async function planned(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await user.codepmp('plan', ...args);
  expect([0, stderr]).toEqual([exitCode, stderr]);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  return `${stdout}\n`;
}

const summaryOf = async (...args: string[]) =>
  JSON.parse((await user.codepmp('plan', ...args, '--json')).stdout) as PlanSummary & { nodes: { id: string; outlook: Outlook }[] };

describe('plan prints in 80 columns', () => {
  test('the shipped pipeline, node by node, where nothing was run', async () => {
    const text = await planned(join(checkout, 'pipelines', 'quickstart.yaml'));
    expect(text).toBe(golden('quickstart.txt', text));
  });

  test('a large sweep with one line for each step, and what it takes', async () => {
    await user.write('sample-efficiency.yaml', sampleEfficiency);
    const text = await planned('sample-efficiency.yaml');
    expect(text).toBe(golden('sweep.txt', text));
  });

  test('what is reused, what is reused if the source is unchanged, and what a new seed adds', async () => {
    await user.record('study-1', study('[1, 2]'));
    await user.write('study.yaml', study('[1, 2, 3]'));
    const text = await planned('study.yaml');
    expect(text).toBe(golden('partly.txt', text));
  });

  test('the same of a sweep that is too large for a line a node, and with --nodes each of them', async () => {
    await user.write('large.yaml', study(numbers(30)));
    const text = await planned('large.yaml');
    expect(text).toBe(golden('partly-large.txt', text));
    expect(
      (await planned('large.yaml', '--nodes')).split('\n').filter((line) => /^ {2}[+=~] .* (summarize|\S+\/\S+) /.test(line)),
    ).toHaveLength(63);
  });
});

describe('run --refresh', () => {
  test('refuses a step that does not search', async () => {
    await user.write('study.yaml', study('[1]'));
    const { exitCode, stderr } = await user.codepmp('run', 'study.yaml', '--refresh', 'code');
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('--refresh code: the step does not search. To run it again: codepmp resume --from code'),
    ]);
  });
});

describe('plan as JSON', () => {
  test('has a version of its format, and totals that the nodes bear out', async () => {
    await user.write('study.yaml', study('[1, 2, 3]'));
    const { format_version, cells, steps_without_merging, totals, nodes } = await summaryOf('study.yaml');
    expect({ format_version, cells, steps_without_merging }).toEqual({ format_version: '1.0', cells: 3, steps_without_merging: 15 });
    const counted = (outlook: Outlook) => nodes.filter((node) => node.outlook === outlook).length;
    expect(totals).toEqual({
      nodes: 9,
      to_run: counted('to run'),
      reused: counted('reused'),
      reused_if_unchanged: counted('reused if unchanged'),
    });
    expect(totals).toMatchObject({ to_run: 2, reused: 5, reused_if_unchanged: 2 });
  });

  test('what would run takes no more than all of it', async () => {
    const { estimate } = await summaryOf('study.yaml');
    expect(estimate.to_run.calls).toEqual({});
    expect(estimate.without_reuse.calls).toEqual({ 'local-strong': 32 });
    expect(estimate.without_merging.calls).toEqual({ 'local-strong': 96 });
  });
});

describe('plan --detailed-exitcode', () => {
  test('ends with 10 where something would run, with 0 where nothing would, with 1 for a wrong file', async () => {
    await user.write('known.yaml', study('[1, 2]'));
    await user.write('wrong.yaml', study('[1, 1]').replace('seed: $seed', 'sed: $seed'));
    const codes = await Promise.all(
      ['study.yaml', 'known.yaml', 'wrong.yaml'].map(async (file) => (await user.codepmp('plan', file, '--detailed-exitcode')).exitCode),
    );
    expect(codes).toEqual([10, 0, 1]);
  });
});

const contextOf = (): Context =>
  ({ folder: user.path, home: checkout, config: loadConfig({ folder: user.path, env: {}, home: checkout }).config }) as Context;

/** Keeps the plan of a pipeline in a file. */
function keep(pipeline: string, options: PipelineOptions, out: string): void {
  const read = readPipeline(contextOf(), pipeline, options);
  writePlanFile(contextOf(), join(user.path, out), { pipeline: read, plan: requirePlan(contextOf(), read) });
}

describe('a plan that is kept', () => {
  test('is shown and checked as the pipeline was, and options that would change it are refused', async () => {
    await user.codepmp('plan', 'study.yaml', '--out', 'kept.json');
    expect(await planned('kept.json')).toBe(await planned('study.yaml'));
    const { exitCode, stderr } = await user.codepmp('run', 'kept.json', '--set', 'seed=2');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr:
        'codepmp: kept.json is a saved plan, which --set cannot change. Make another one: codepmp plan study.yaml --set … --out kept.json',
    });
  });

  test('says which of the files it was made from have changed since', async () => {
    const context = contextOf();
    const kept = readPlanFile(context, join(user.path, 'kept.json'));
    if (!kept) throw new Error('kept.json is no plan');
    expect(changedSince(context, kept)).toEqual([]);
    await user.write('study.yaml', study('[1, 2, 3, 4]'));
    expect(changedSince(context, kept)).toEqual(['study.yaml']);
    expect(readPlanFile(context, join(user.path, 'study.yaml'))).toBeNull();
  });

  test('knows every file it was made from: a shipped pipeline, and files of values', async () => {
    await user.write('over.yaml', 'codepmp: 1\nname: over\nextends: quickstart\n');
    await user.write('values.yaml', '\uFEFFseed: 2\n');
    keep(join(user.path, 'over.yaml'), { params: [join(user.path, 'values.yaml')] }, 'over.json');
    const kept = readPlanFile(contextOf(), join(user.path, 'over.json'));
    if (!kept) throw new Error('over.json is no plan');
    expect(Object.keys(kept.made_from.files).toSorted()).toEqual(['codepmp/pipelines/quickstart.yaml', 'over.yaml', 'values.yaml']);
    expect(changedSince(contextOf(), kept)).toEqual([]);
    const { places } = await openFile(contextOf(), join(user.path, 'over.json'), {});
    expect(places.has('pmp')).toBe(true);
    await user.write('values.yaml', 'seed: 3\n');
    expect(changedSince(contextOf(), kept)).toEqual(['values.yaml']);
  });

  test('is known by what it holds, whatever its file is called; what is no whole one says so', async () => {
    await user.write('named.yaml', 'codepmp: 1\nname: named\nsteps:\n  task: {uses: dataset/arithmetic}\n');
    keep(join(user.path, 'named.yaml'), {}, 'myplan');
    const path = join(user.path, 'myplan');
    const kept = readPlanFile(contextOf(), path);
    expect(kept?.made_from.file).toBe('named.yaml');
    await user.write('myplan', JSON.stringify({ ...kept, made_from: undefined }));
    expect(() => readPlanFile(contextOf(), path)).toThrow(
      `${path} does not name the files its plan was made from: expected made_from with file (a path) and files (the SHA-256 of each). Make it again: codepmp plan FILE --out ${path}`,
    );
    await user.write('myplan', JSON.stringify({ ...kept, plan: null }));
    expect(() => readPlanFile(contextOf(), path)).toThrow(
      `${path} cannot run here:\n  the plan does not have the format of this version (it must be object); plan the pipeline again`,
    );
  });

  test('that was changed by hand does not run, and says what is wrong', async () => {
    const text = await readFile(join(user.path, 'kept.json'), 'utf8');
    await user.write('forged.json', text.replace('"batch_size":64', '"batch_size":32'));
    const forged = await user.codepmp('run', 'forged.json');
    expect(forged.exitCode).toBe(1);
    expect(forged.stderr).toContain('the key does not match the settings and inputs; plan the pipeline again');
    await user.write('broken.json', text.replace('"groups":', '"grups":'));
    expect((await user.codepmp('run', 'broken.json')).stderr).toContain(
      "the plan does not have the format of this version (it must have required property 'groups'",
    );
    await user.write('later.json', text.replace('"format_version":"1.0"', '"format_version":"2.0"'));
    expect((await user.codepmp('plan', 'later.json')).stderr).toBe(
      'codepmp: later.json has plan format 2.0, expected 1.x. Make it again: codepmp plan FILE --out later.json',
    );
  });
});

describe('the totals of a plan', () => {
  const plan = planOf(study(numbers(4)));
  const outlooks: Outlook[] = ['to run', 'reused', 'reused if unchanged'];

  test('count every node once, whatever its outlook and however many cells it works for', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...outlooks), { minLength: plan.nodes.length, maxLength: plan.nodes.length }), (drawn) => {
        const place = new Map(plan.nodes.map(({ id }, index) => [id, index]));
        const outlookOf = (id: string) => drawn[place.get(id) ?? -1] ?? 'to run';
        const { totals, steps, steps_without_merging, estimate } = summarizePlan({
          plan,
          outlookOf,
          costs: planCosts(plan.nodes, builtIn),
          config: builtIn,
        });
        expect(totals.nodes).toBe(plan.nodes.length);
        expect(totals.to_run + totals.reused + totals.reused_if_unchanged).toBe(totals.nodes);
        expect(steps.reduce((sum, step) => sum + step.nodes, 0)).toBe(totals.nodes);
        expect(steps_without_merging).toBe(4 * 5);
        expect(estimate.to_run.calls['local-strong'] ?? 0).toBe(outlookOf('prompts') === 'to run' ? 32 : 0);
      }),
    );
  });
});

describe('amounts', () => {
  test('that are unknown never read as 0', () => {
    expect(amountOf({ low: null, high: null })).toBe('unknown');
    expect(amountOf({ low: null, high: 12 })).toBe('≤ 12');
    expect(amountOf({ low: 3, high: null })).toBe('≥ 3');
    expect(amountOf({ low: 93.31, high: 362.2 })).toBe('93.3–362');
    expect(amountOf({ low: 5, high: 5 })).toBe('5');
  });

  test('have three digits that count', () => {
    expect([0, 0.001, 0.5, 999, 999.9, 1000, 12_345, 999_999, 4.1e6, 19e9, 2.5e13].map(short)).toEqual([
      '0',
      '< 0.01',
      '0.5',
      '999',
      '1 k',
      '1 k',
      '12.3 k',
      '1 M',
      '4.1 M',
      '19 B',
      '25,000 B',
    ]);
  });
});
