import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import type { JsonObject } from '../../../plan/index.ts';
import { works } from '../../../activities/kinds/index.ts';
import { layOut, type Program } from '../../../activities/process/programs.ts';
import { workOf } from '../../../activities/works.ts';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';
import type { Artifacts } from '../../../ports/artifacts.ts';
import type { Store } from '../../../ports/store.ts';
import { trainerSchema } from '../../../schemas/trainer.ts';
import { config, planOf, quickstart } from '../../compile/rig.ts';

let root: string;
let store: Store;
let artifacts: Artifacts;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-programs-'));
  store = await openFileStore({ root });
  artifacts = createArtifacts(store);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const inTwoParts = `
codepmp: 1
name: two-parts
steps:
  arithmetic: {uses: dataset/arithmetic}
  stable: {uses: train/pmp-stable, with: {base: smollm2-135m-instruct, layers: 2, pairs: arithmetic.train, lr: 1e-4, warmup: 2, batch_size: 4, keep: [18, 45]}}
  branch: {uses: train/pmp-decay, with: {stable: stable, pairs: arithmetic.train, at: 50}}
`;

const nodes = [...planOf(quickstart).nodes, ...planOf(inTwoParts).nodes];

/** What is launched for a step, its inputs made of one row or one file each. */
async function programFor(
  step: string,
  { processes = 1, hosts, meta = { prompt_format: 'question-answer', answers: 'numbers' } }: { processes?: number; hosts?: number; meta?: JsonObject } = {},
): Promise<Program> {
  const node = nodes.find(({ id }) => id === step);
  if (!node) throw new Error(`no step ${step}`);
  const rows = async (type: string) =>
    artifacts.writeManifest({
      type,
      rows: 1,
      shards: [await artifacts.writeJsonl([row])],
      meta,
    });
  const folder = async () => {
    const bytes = new TextEncoder().encode('{}');
    const shard = { digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name: 'config.json' };
    const settings = nodes.find(({ id }) => id === 'stable')?.settings ?? {};
    return artifacts.writeManifest({ type: 'checkpoint', rows: 1, shards: [shard], meta: { settings } });
  };
  const inputs = await Promise.all(
    Object.keys(node.inputs).map(async (name) => [
      name,
      [await (/model|init|base|stable/.test(name) ? folder() : rows(name === 'candidates' ? 'graded' : name))],
    ]),
  );
  const pools = { local: { ...config.pools['local'], processes, ...(hosts && { nodes: hosts }) } };
  const dependencies = { store, artifacts, config: { ...config, pools }, python: '/python', home: '/home-of-codepmp' } as unknown as Dependencies;
  const process = { node, inputs: Object.fromEntries(inputs), folder: { shared: root, attempt: join(root, 'attempt') } };
  const program = await workOf(works, node, 'process').program(dependencies, process, []);
  if (!program) throw new Error(`${step} launches nothing`);
  return program;
}

/** A row that is one of pairs, of choices and of graded candidates. */
const row = { prompt: 'p', chosen: 'a', rejected: 'b', options: ['a', 'b'], rm_prompt: 'p', text: 'a' };

it.each([
  ['pmp', 'train'],
  ['stable', 'train'],
  ['branch', 'train'],
  ['rm-pmp', 'train'],
  ['rm-base', 'train'],
  ['graded', 'grade'],
  ['accuracy-pmp', 'score'],
  ['choice-pmp', 'score'],
  ['bon-pmp', 'score'],
])('the configuration of %s is what the schema asks of %s.py', async (step, script) => {
  const program = await programFor(step);
  expect(program.argv).toContain(`/home-of-codepmp/trainer/${script}.py`);
  const { definitions, ...rest } = trainerSchema();
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.validate({ ...rest, ...(definitions as { [name: string]: object })[script] }, program.config);
  expect(ajv.errors).toBeNull();
});

it.each([
  ['a training', 'pmp', '/home-of-codepmp/trainer/train.py'],
  ['a scoring', 'accuracy-pmp', '/home-of-codepmp/trainer/score.py'],
])('%s of one process runs with the libraries loaded already, one of several by torchrun', async (_what, step, script) => {
  const preloaded = '/home-of-codepmp/trainer/preloaded.py';
  expect((await programFor(step)).argv).toEqual(['/python', '-I', '-S', preloaded, script]);
  const { argv, env } = await programFor(step, { processes: 2 });
  expect(argv.slice(0, 6)).toEqual(['/python', '-m', 'torch.distributed.run', '--standalone', '--max-restarts', '0']);
  expect(argv.slice(6)).toEqual(['--log-dir', join(root, 'attempt', 'torchrun'), '--tee', '3', '--nproc-per-node', '2', script]);
  expect(env).toMatchObject({ OMP_NUM_THREADS: '1', TORCHELASTIC_LOG_LINE_PREFIX_TEMPLATE: 'rank ${rank}: ' });
});

it('a training on several nodes meets under the name of its attempt, on all of them', async () => {
  const { argv, nodes: wanted } = await programFor('pmp', { processes: 2, hosts: 3 });
  expect(wanted).toBe(3);
  const flags = [
    ['--nnodes', '3', '--rdzv-id', 'attempt', '--max-restarts', '0', '--log-dir', join(root, 'attempt', 'torchrun')],
    ['--tee', '3', '--nproc-per-node', '2', '/home-of-codepmp/trainer/train.py'],
  ];
  expect(argv.slice(3)).toEqual(flags.flat());
});

it('a training gets the settings of its step under their own names', async () => {
  const settingsOf = (step: string) => nodes.find(({ id }) => id === step)?.settings;
  expect((await programFor('pmp')).config).toMatchObject({
    ...settingsOf('pmp'),
    task: 'pmp',
    head_lr: null,
    init: config.weights['smollm2-135m-instruct']?.path,
  });
  const loss = { rank: 1, lm: 0, verdict: 0, margin: 0, center: 0 };
  expect((await programFor('rm-base')).config).toMatchObject({ ...settingsOf('rm-base'), task: 'rm', loss, eoc: null });
});

it('answers are graded as the data set of the questions says, where the step says nothing', async () => {
  expect((await programFor('graded')).config['answers']).toBe('numbers');
  expect((await programFor('graded', { meta: { answers: 'mathematics' } })).config['answers']).toBe('mathematics');
  await expect(programFor('graded', { meta: {} })).rejects.toMatchObject({
    class: 'invalid',
    message: 'graded: its questions do not say what their answers are. Set answers of graded to numbers or mathematics',
  });
});

it('a stable training ends with a whole step; a decay has its settings, and begins with the step after the one whose state was kept', async () => {
  expect((await programFor('stable')).config).toMatchObject({ schedule: { kind: 'stable', lr: 1e-4, warmup: 2 }, keep: [18, 45], presentations: 48 });
  expect((await programFor('branch')).config).toMatchObject({
    schedule: { kind: 'decay', lr: 1e-4, decay_shape: 'linear', begin: 12 },
    branch: 'kept-45.safetensors',
    presentations: 50,
    layers: null,
    batch_size: 4,
    keep: [],
  });
});

it('a file that was damaged and made again is read by the next attempt', async () => {
  const bytes = new TextEncoder().encode('weights');
  const shard = { digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name: 'model.safetensors' };
  const model = await artifacts.writeManifest({ type: 'checkpoint', rows: 1, shards: [shard], meta: {} });
  const readIn = async (attempt: string) => {
    const dependencies = { store, artifacts } as unknown as Dependencies;
    const folder = await layOut(dependencies, model, { shared: root, attempt: join(root, attempt) });
    return readFile(join(folder, shard.name), 'utf8');
  };
  expect(await readIn('1')).toBe('weights');
  const blob = await store.pathOf(shard.digest);
  await chmod(blob, 0o644);
  await writeFile(blob, 'damage!');
  await expect(readIn('2')).rejects.toThrow('was damaged');
  await store.putBytes(bytes);
  expect(await readIn('3')).toBe('weights');
});
