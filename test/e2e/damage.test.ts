import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArtifacts, openFileStore } from '../../adapters/index.ts';
import { listRuns, planOfRun } from '../../cli/runs/runs.ts';
import type { PlanNode } from '../../plan/index.ts';
import type { Store } from '../../ports/store.ts';
import { listExports, type Exported } from '../../records/exports.ts';
import { readForgotten } from '../../records/forgotten.ts';
import { sorts } from '../../records/names.ts';
import { readPin, renewPin } from '../../records/pins.ts';
import { readResult } from '../../records/results.ts';
import { readRound, startRound } from '../../records/rounds.ts';
import { readRun } from '../../records/run.ts';
import { keepScores, readScores } from '../../records/scores.ts';
import { noteShares } from '../../records/worker-shares.ts';
import { config, generation, modules } from './pipelines.ts';
import { fastEndpoint, project } from './rig.ts';
import type { Project, Result, Served } from './rig.ts';

let endpoint: Served;
let user: Project;
let first: Made;
let decided: Decided;

/** From modules to pairs, with a step that cleans them and leaves none out. */
const pipeline = generation({ take: 20 })
  .replace('  prompts:', '  cleaned: {uses: clean, with: {corpus: code, profile: none, near: 1}}\n  prompts:')
  .replace('corpus: code, model', 'corpus: cleaned, model');

beforeAll(async () => {
  endpoint = await fastEndpoint();
  user = await project({
    'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url } }),
    'pairs.yaml': pipeline,
    ...modules(24),
  });
  const { run } = await user.run('pairs.yaml');
  await leaveOneOfEachSort(run);
  first = await madeBy(await user.run('pairs.yaml'));
  decided = await decidedIn(await openFileStore({ root: user.store }));
});
afterAll(async () => {
  await user[Symbol.asyncDispose]();
  endpoint[Symbol.dispose]();
});

/** Digest of what each step has made: equal digests are equal bytes. */
interface Made {
  [step: string]: string | undefined;
}

async function madeBy({ run }: Result): Promise<Made> {
  const store = await openFileStore({ root: user.store });
  const made: Made = {};
  for (const { nodes } of (await readRun(store, run))?.units ?? [])
    for (const { id, key = '' } of nodes) made[id] = (await readResult(store, key))?.outputs['out'];
  return made;
}

const checkpoint = 'ab'.repeat(32);
const source = { kind: 'source/github', version: 1, settings: {}, models: {}, resources: {} } as unknown as PlanNode;

/** Uses what a store can do beyond a run, so that it has a file of each sort. */
async function leaveOneOfEachSort(run: string): Promise<void> {
  for (const args of [['forget', '--repository', 'lab/none', '--delete'], ['export', 'pairs', 'out']])
    expect(await user.codepmp(...args)).toMatchObject({ exitCode: 0 });
  const store = await openFileStore({ root: user.store });
  await renewPin(store, source, run);
  await startRound(store, await chosenOf(store, run));
  await keepScores({ store, artifacts: createArtifacts(store) }, checkpoint, [{ text: 'a', score: 1, cut: false }]);
}

/** Notes whose loss changes nothing that a run makes. */
async function noteLimits(): Promise<void> {
  await noteShares(await openFileStore({ root: user.store }), 'a-worker-that-was-killed', { beat: 1, claims: {} });
  expect(await user.codepmp('endpoints', 'fast', '--concurrency', '12')).toMatchObject({ exitCode: 0 });
}

async function chosenOf(store: Store, run: string): Promise<PlanNode> {
  const record = await readRun(store, run);
  const node = (record && (await planOfRun(store, record)))?.nodes.find(({ id }) => id === 'chosen');
  if (!node) throw new Error(`${run} has no step chosen`);
  return node;
}

/** What a store says that no run can make again. */
interface Decided {
  forgotten: object;
  pin: string | null;
  round: number;
  exports: Exported[];
}

async function decidedIn(store: Store): Promise<Decided> {
  const [{ run } = { run: '' }] = await listRuns(store);
  return {
    forgotten: await readForgotten(store),
    pin: await readPin(store, source),
    round: await readRound(store, await chosenOf(store, run)),
    exports: await listExports(store),
  };
}

/** Every sort of file of a store, and the one that a path in it is of. */
const allSorts = ['blobs', 'ledger', ...sorts.names.map((sort) => `names/${sort}`), ...sorts.notes.map((sort) => `notes/${sort}`)];
const sortOf = (path: string): string => {
  const [area = '', sort = ''] = path.slice(user.store.length + 1).split('/');
  return area === 'names' || area === 'notes' ? `${area}/${sort}` : area;
};

/** Flips a byte in the middle of a file. */
function flip(path: string): void {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

/** Files of a folder of the store. */
function filesIn(folder: string): string[] {
  const entries = readdirSync(join(user.store, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

describe('a store with a flipped byte', () => {
  it('in every name makes the same again, without a call', async () => {
    filesIn('names').forEach(flip);
    const result = await user.run('pairs.yaml');
    expect(result).toMatchObject({ status: 'succeeded', nodes: { ran: 7 }, calls: {} });
    expect(await madeBy(result)).toEqual(first);
  });

  it('in every blob and every note makes the same again, without a call', async () => {
    [...filesIn('blobs'), ...filesIn('notes')].filter((path) => sortOf(path) !== 'notes/copies').forEach(flip);
    const result = await user.run('pairs.yaml');
    expect(result).toMatchObject({ status: 'succeeded', nodes: { ran: 7 }, calls: {} });
    expect(await madeBy(result)).toEqual(first);
  });

  it('in a segment of the ledger makes the same again, for at most one chunk of calls', async () => {
    const [segment = ''] = filesIn('ledger');
    flip(segment);
    filesIn('names').forEach(flip);
    const result = await user.run('pairs.yaml');
    expect(result.status).toBe('succeeded');
    expect(result.calls['fast']).toBeGreaterThan(0);
    expect(result.calls['fast']).toBeLessThanOrEqual(8);
    expect(await madeBy(result)).toEqual(first);
  });

  it('in files and answers that a changed step reads makes them again while the run goes on', async () => {
    const artifacts = createArtifacts(await openFileStore({ root: user.store }));
    for (const step of ['code', 'chosen'])
      for (const { digest } of (await artifacts.readManifest(first[step] ?? '')).shards)
        flip(join(user.store, 'blobs', digest.slice(0, 2), digest));
    await user.write('pairs.yaml', pipeline.replace('uses: pair, with: {', 'uses: pair, with: {length_ratio: {max: 50}, '));
    const result = await user.run('pairs.yaml');
    expect(result).toMatchObject({ status: 'succeeded', nodes: { ran: 3, reused: 4 }, calls: {} });
    expect({ ...(await madeBy(result)), pairs: first['pairs'] }).toEqual(first);
  });

  it.each(['FORMAT', 'notes/forgotten.json'])('in %s and its copy is refused by name, and is as before when it is mended', async (file) => {
    await user.write('pairs.yaml', pipeline);
    await user.codepmp('verify'); // mends what the tests before have left
    const damaged = [file, file.replace('notes/', 'notes/copies/')].map((each) => join(user.store, each));
    [...new Set(damaged)].forEach(flip);
    const { exitCode, stderr } = await user.codepmp('run', 'pairs.yaml');
    expect([exitCode === 0, stderr]).toEqual([false, expect.stringContaining(file)]);
    expect(stderr).toContain('is damaged');
    [...new Set(damaged)].forEach(flip);
    const result = await user.run('pairs.yaml');
    expect(result).toMatchObject({ status: 'succeeded', calls: {} });
    expect(await madeBy(result)).toEqual(first);
  });

  it('in one file of each sort makes the same again, for at most one chunk of calls, and knows what it has decided', async () => {
    await user.write('pairs.yaml', pipeline);
    await noteLimits();
    const one = new Map(['blobs', 'ledger', 'names', 'notes'].flatMap(filesIn).map((path) => [sortOf(path), path]));
    expect([...one.keys()].toSorted()).toEqual(allSorts.toSorted());
    const copy = one.get('notes/copies') ?? '';
    [...one.values()].filter((path) => path !== copy).forEach(flip);
    const result = await user.run('pairs.yaml');
    expect(result.status).toBe('succeeded');
    expect(result.calls['fast'] ?? 0).toBeLessThanOrEqual(8);
    expect(await madeBy(result)).toEqual(first);
    const store = await openFileStore({ root: user.store });
    expect(await decidedIn(store)).toEqual(decided);
    const kept = { store, artifacts: createArtifacts(store) };
    expect((await readScores(kept, checkpoint)).scores).toEqual([]);
    await keepScores(kept, checkpoint, [{ text: 'a', score: 1, cut: false }]);
    expect((await readScores(kept, checkpoint)).scores).toEqual([1]);
    await user.codepmp('verify');
    flip(copy);
    expect(await decidedIn(store)).toEqual(decided);
    expect(await user.codepmp('verify')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('written again from what it is a copy of') });
  });
});
