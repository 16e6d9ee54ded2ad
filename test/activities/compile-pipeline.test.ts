import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compilePipeline } from '../../activities/compile-pipeline.ts';
import type { Dependencies } from '../../activities/index.ts';
import type { Store } from '../../activities/ports.ts';
import { openFileStore } from '../../adapters/index.ts';
import { prepareResumption } from '../../cli/resumption.ts';
import { pickRun } from '../../cli/runs.ts';
import type { Context } from '../../cli/context.ts';
import { checkPlan, compile } from '../../compile/index.ts';
import type { CompileInput } from '../../plan/index.ts';
import { config } from '../compile/rig.ts';

let root: string;
let store: Store;
let dependencies: Dependencies;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-compile-'));
  store = await openFileStore({ root });
  dependencies = { store, config, checkPlan, compile: (options) => Promise.resolve(compile(options)) } satisfies Partial<Dependencies> as unknown as Dependencies;
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
