import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compilePipeline } from '../../../activities/run/compile-pipeline.ts';
import { finish } from '../../../activities/run/finish.ts';
import type { Dependencies } from '../../../activities/index.ts';
import type { Store } from '../../../ports/store.ts';
import { openFileStore } from '../../../adapters/index.ts';
import { readRun } from '../../../records/run.ts';
import { readSubmission } from '../../../records/submission.ts';
import { prepareResumption } from '../../../cli/diff/resumption.ts';
import { pickRun } from '../../../cli/runs/runs.ts';
import type { Context } from '../../../cli/context.ts';
import { checkPlan, checkSubmission, compile, readTemplate } from '../../../compile/index.ts';
import type { CompileInput } from '../../../plan/index.ts';
import { config } from '../../compile/rig.ts';

let root: string;
let store: Store;
let dependencies: Dependencies;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-compile-'));
  store = await openFileStore({ root });
  dependencies = {
    store,
    config,
    compiler: { checkPlan, checkSubmission, readTemplate, compile: (options) => Promise.resolve(compile(options)) },
  } satisfies Partial<Dependencies> as unknown as Dependencies;
});
afterAll(() => rm(root, { recursive: true, force: true }));

const pipeline = (seed: number) => `codepmp: 1\nname: task\nsteps:\n  task: {uses: dataset/arithmetic, with: {seed: ${seed}}}\n`;

/** What a worker makes of a submission. */
function submitted(spec: Uint8Array | string | null, { run = 'r', started = 1, input = {}, settings = {} }: Partial<CompileInput> = {}) {
  return compilePipeline(dependencies)(spec, { run, started, input, settings });
}

describe('what a run was started from', () => {
  it('is that of this run, also where an earlier one had its name', async () => {
    await submitted(pipeline(1), { run: 'twice', started: 1 });
    await submitted(pipeline(2), { run: 'twice', started: 2 });
    const context = { folder: root, config } as Context;
    const { input } = await prepareResumption(context, { store, record: await pickRun(store, 'twice') }, {});
    expect(input).toMatchObject({ spec: pipeline(2) });
  });
});

describe('the id of a run', () => {
  it.each(['exp/lr1', '-x', '..', '.x', 'my run', "it's", '$(id)', 'é', 'x'.repeat(201), ''])('is refused, and nothing is recorded: %j', async (run) => {
    const failure = await submitted(pipeline(1), { run }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: 'PipelineInvalid', message: expect.stringContaining(`${JSON.stringify(run)} cannot be the id of a run`) });
    const head = { run, name: '', status: 'failed', started: 1 } as const;
    expect(await finish(dependencies)({ delta: { head, changed: [] }, plan: null })).toEqual({ report: null });
    expect((await store.listNotes('runs/')).filter((name) => name.startsWith(`runs/${run}/`))).toEqual([]);
  });

  it('may have what a shell takes without quotes', async () => {
    for (const run of ['study-20261123-081530-4f2a', '2_a.b:c@d+e=f,g%', 'x'.repeat(200)]) {
      await submitted(pipeline(1), { run });
      expect(await readRun(store, run)).toMatchObject({ run, status: 'running' });
    }
  });
});

describe('a submission', () => {
  const refused = async (spec: unknown, input: object, settings: unknown = {}) => {
    const failure = await submitted(spec as string, { input, settings: settings as object }).catch(
      (error: unknown) => error as Error & { type: string },
    );
    expect(failure).toMatchObject({ type: 'PipelineInvalid' });
    return (failure as Error).message;
  };

  it('names the key that is not known, what was expected and what was probably meant', async () => {
    expect(await refused(pipeline(1), {}, { sweep: ['abc'] })).toBe(`the submission is not valid

submission:1:1: error[E0110]: unknown key sweep in settings
  = expected: one of set, sweeps, cell, sample, on_failure, again, events
  = got:      sweep
  = hint:     did you mean sweeps?`);
  });

  it.each<[string, object, unknown]>([
    ['unknown key config in settings', {}, { config: { store: '/elsewhere' } }],
    ['unknown key source in settings', {}, { source: 'codepmp: 1' }],
    ['unknown key run in settings', {}, { run: 'zzz' }],
    ['unknown key toRun in input', { toRun: false }, {}],
    ['settings.sample is out of range', {}, { sample: -5 }],
    ['settings.sweeps has the wrong type', {}, { sweeps: 'ab' }],
    ['settings.cell.seed has the wrong type', {}, { cell: { seed: [1] } }],
    ['settings.on_failure is not one of the allowed values', {}, { on_failure: 'stop' }],
    ['settings has the wrong type', {}, null],
    ['input.files.base has the wrong type', { files: { base: 1 } }, {}],
  ])('is refused: %s', async (problem, input, settings) => {
    expect(await refused(pipeline(1), input, settings)).toContain(`]: ${problem}\n`);
  });

  it('is refused where its pipeline is no text', async () => {
    expect(await refused({ codepmp: 1 }, {})).toContain(']: input.spec has the wrong type\n');
    expect(await refused(3, {})).toContain(']: input.spec has the wrong type\n');
  });

  it('changes nothing of a plan', async () => {
    const { digest } = await submitted(pipeline(1));
    expect(await submitted(null, { input: { plan: digest }, settings: { on_failure: 'park' } })).toMatchObject({ digest });
    expect(await refused(null, { plan: digest }, { sample: 2 })).toContain(']: settings.sample is given together with a plan\n');
    expect(await refused(null, {})).toContain('there is neither a spec nor a plan in the input');
  });
});

describe('a plan that is named by its digest', () => {
  it('is run without being made again, and the text it was made from is kept with the run', async () => {
    const { digest } = await submitted(pipeline(1));
    const text = pipeline(1).replace('seed: 1', 'sed: 1');
    expect(await submitted(text, { run: 'with-text', input: { plan: digest, set: { seed: 3 } } })).toMatchObject({ digest });
    expect(await readSubmission(store, { run: 'with-text', started: 1 })).toMatchObject({ spec: text, set: { seed: 3 } });
  });

  it('is not read where it is something else, or more than a plan can be', async () => {
    const text = await store.putBytes(new TextEncoder().encode('no plan'));
    await expect(submitted(null, { input: { plan: text } })).rejects.toThrow(`${text} is not a plan: SyntaxError`);
    const large = join(root, 'large');
    await writeFile(large, '');
    await truncate(large, 256 * 1024 * 1024 + 1);
    const { digest, bytes } = await store.putFile(large);
    await expect(submitted(null, { input: { plan: digest } })).rejects.toThrow(
      `${digest} is not a plan: it has ${bytes} bytes, expected at most 268435456`,
    );
  });
});
