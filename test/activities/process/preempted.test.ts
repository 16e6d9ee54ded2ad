import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { createMachine, createMeters } from '../../../activities/index.ts';
import { runProcess } from '../../../activities/process/run.ts';
import type { Program } from '../../../activities/process/programs.ts';
import type { ProcessWork } from '../../../activities/works.ts';
import { createLauncher, createModelServers, openFileStore } from '../../../adapters/index.ts';
import { hashOf } from '../../../plan/keys.ts';
import { jobFolder } from '../../../records/names.ts';
import { config, planOf } from '../../compile/rig.ts';
import { asActivity } from '../rig.ts';

const python = join(import.meta.dirname, '..', '..', '..', '.setup', 'python', 'bin', 'python');
const [node = expect.fail()] = planOf(`codepmp: 1
name: once
steps:
  data: {uses: dataset/arithmetic, with: {train: 60, test: 24, choices: 8, questions: 4, seed: 3}}
`).nodes;
const key = hashOf({ step: node.id });

/** Runs a program as the process of a step until it has ended without a result; gives its failure, and the folder of its attempt. */
async function failureOf(argv: Program['argv']) {
  const root = await mkdtemp(join(tmpdir(), 'codepmp-preempted-'));
  const store = await openFileStore({ root: join(root, 'store') });
  const pool = { launcher: createLauncher({ folder: store.scratch }), machine: createMachine({ pause: 0 }) };
  const servers = createModelServers({ endpoints: {}, python, logs: root });
  const parts: Partial<Dependencies> = { store, servers, pools: () => pool, machine: pool.machine, meters: createMeters(store), config };
  const work: ProcessWork = { shape: 'process', program: async () => ({ argv, env: {}, config: {} }), collect: () => expect.fail() };
  const run = runProcess(parts as Dependencies, { [node.kind]: work });
  const unit = { id: node.id, pipeline: 'once', nodes: [node], group: false, inputs: { [node.id]: {} }, sources: {}, titles: {}, missing: {} };
  const failure = asActivity(() => run({ unit, parts: {}, key, attempt: '1', started: 0 })).catch((error: unknown) => error);
  onTestFinished(async () => {
    await failure;
    await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  return { failure, folder: join(jobFolder(store, key), '1') };
}

it.each([
  ['TERM', 'preempted', 'data had to make room: something outside ended it; its output: '],
  ['KILL', 'node-lost', 'data was killed without a result; its output: '],
])('a process that somebody ends by SIG%s counts as %s', async (signal, name, message) => {
  const { failure } = await failureOf(['/bin/sh', '-c', `kill -${signal} $$`]);
  expect(await failure).toMatchObject({ class: name, message: expect.stringContaining(message) });
});

it('a torchrun that somebody asks to end counts as preempted, although it ends as after any failure', async () => {
  const script = 'import pathlib, time; pathlib.Path("begun").touch(); time.sleep(60)';
  const torchrun = ['-m', 'torch.distributed.run', '--standalone', '--no-python', '--nproc-per-node', '2', python, '-c', script] as const;
  const { failure, folder } = await failureOf([python, ...torchrun]);
  await expect.poll(() => readFile(join(folder, 'begun'))).toBeDefined();
  process.kill(Number(await readFile(join(folder, 'child'), 'utf8')), 'SIGTERM');
  expect(await failure).toMatchObject({ class: 'preempted' });
  expect(await readFile(join(folder, 'exit'), 'utf8')).toBe('1\n');
});
