import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createArtifacts, openFileStore, removeRun } from '../../../adapters/index.ts';
import { collectUnused } from '../../../cli/gc/collect.ts';
import { nodeParts } from '../../../plan/keys.ts';
import type { Digest, PlanNode, RunProgress } from '../../../plan/index.ts';
import type { Store } from '../../../ports/store.ts';
import { placeChunk, publishChunk, readChunk, readPlacedChunk } from '../../../records/chunk.ts';
import { noteExport } from '../../../records/exports.ts';
import { renewPin } from '../../../records/pins.ts';
import { rankName } from '../../../records/names.ts';
import { publishNamed } from '../../../records/named.ts';
import { publishResult, readWholeResult } from '../../../records/results.ts';
import { noteRun } from '../../../records/run.ts';
import { keepScores, readScores } from '../../../records/scores.ts';
import { until } from '../../e2e/rig.ts';
import { runCommand } from '../command.ts';
import { checkout } from '../supervisor/services-rig.ts';

interface Folder extends AsyncDisposable {
  path: string;
  store: Store;
}

async function emptyFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'codepmp-gc-'));
  const store = await openFileStore({ root: join(path, '.codepmp') });
  return { path, store, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Result keys, or those of a group. */
const keyOf = (name: string): Digest => Buffer.from(name.padEnd(32, '.')).toString('hex');

/** Records a result of one shard for each text, and one that says what did not get into it. */
async function result(store: Store, texts: string[]): Promise<Digest> {
  const artifacts = createArtifacts(store);
  const shards = [];
  for (const text of texts) shards.push(await artifacts.writeJsonl([{ text }]));
  const dropped = await artifacts.writeJsonl([{ dropped: texts }]);
  const manifest = { type: 'corpus', rows: texts.length, shards, meta: { dropped: [dropped] as never } };
  const outputs = { out: await artifacts.writeManifest(manifest) };
  const node = { id: 'code', kind: 'source/files' } as PlanNode;
  return (await publishResult(store, { node, parts: { texts }, inputs: {}, outputs, seconds: 1 })).key;
}

async function record(store: Store, run: string, keys: Digest[], head: Partial<RunProgress> = {}): Promise<void> {
  const units = keys.map((key, at) => ({ id: `u${at}`, key, state: 'done' as const, nodes: [{ id: `n${at}`, kind: 'clean', key }] }));
  await noteRun(store, { head: { run, name: 'study', status: 'succeeded', started: 1, ...head }, changed: units });
}

const everything = (store: Store) => ({ store, before: Date.now() + 60_000, remove: true });

const isWhole = async (store: Store, key: Digest): Promise<boolean> => (await readWholeResult(store, key, { check: true })) !== null;

function filesOf({ root }: Store): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1)).toSorted();
}

describe('gc', () => {
  test('shows what it would delete, deletes it when told to, and leaves what other runs need', async () => {
    await using user = await emptyFolder();
    const [one, two] = [await result(user.store, ['shared', 'one']), await result(user.store, ['shared', 'two'])];
    await record(user.store, 'first', [one]);
    await record(user.store, 'second', [two]);
    expect(await runCommand(user.path, ['gc', '--keep', '0'])).toMatchObject({ exitCode: 0, stdout: '' });
    await removeRun(user.store, 'second');
    const before = filesOf(user.store);
    const shown = await runCommand(user.path, ['gc', '--keep', '0']);
    expect(shown.stdout).toMatch(/^names\/results: 1 file, \d+ B\nblobs: 3 files, \d+ B$/);
    expect(shown.stderr).toMatch(/^4 files with \d+ B can be deleted from /);
    expect(shown.stderr).toContain('codepmp gc --delete --keep 0');
    expect(filesOf(user.store)).toEqual(before);
    const { stdout } = await runCommand(user.path, ['gc', '--delete', '--keep', '0', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ deleted: true, files: 4, open: null });
    expect(await isWhole(user.store, one)).toBe(true);
    expect(await isWhole(user.store, two)).toBe(false);
    expect(await runCommand(user.path, ['verify'])).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test('keeps what is newer than its time, and newer than a run that has not ended', async () => {
    await using user = await emptyFolder();
    await result(user.store, ['new']);
    expect((await runCommand(user.path, ['gc', '--delete'])).stderr).toMatch(/^0 files with 0 B deleted from /);
    await record(user.store, 'open', [], { status: 'running', started: Date.now() - 60_000 });
    const { stdout, stderr } = await runCommand(user.path, ['gc', '--keep', '0']);
    expect(stdout).toBe('');
    expect(stderr).toContain('What is newer than the start of open stays, because that run has not ended');
    expect(await runCommand(user.path, ['gc', '--keep', 'long'])).toMatchObject({
      exitCode: 2,
      stderr: 'codepmp: --keep long: expected a number of hours, for example 24',
    });
  });

  test('keeps what an old result is used for again', async () => {
    await using user = await emptyFolder();
    const [used, unused] = [await result(user.store, ['used']), await result(user.store, ['unused'])];
    const hour = new Date(Date.now() - 3_600_000);
    for (const file of filesOf(user.store)) await utimes(join(user.store.root, file), hour, hour);
    expect(await readWholeResult(user.store, used, { use: true })).not.toBeNull();
    await user.store.putBytes(new TextEncoder().encode('put again'));
    await collectUnused({ store: user.store, before: Date.now() - 1_800_000, remove: true });
    expect([await isWhole(user.store, used), await isWhole(user.store, unused)]).toEqual([true, false]);
  });

  test('keeps groups and chunks of runs, exports, refreshed sources, scores of models and every answer', async () => {
    await using user = await emptyFolder();
    const { store } = user;
    const artifacts = createArtifacts(store);
    const shardOf = async (text: string) => ({ ...(await artifacts.writeJsonl([{ text }])), statuses: {} });
    const paid = { calls: {}, prompt_tokens: {}, completion_tokens: {} };
    for (const group of ['live', 'dead']) {
      const shard = await shardOf(group);
      const sorted = await artifacts.writeManifest({ type: 'corpus', rows: 1, shards: [await shardOf(`sorted ${group}`)], meta: {} });
      const chunks = { ranges: [], items: 1, sorted: { [sorted]: sorted } };
      const table = await store.putBytes(new TextEncoder().encode(JSON.stringify(chunks)));
      await publishChunk(store, keyOf(`chunk ${group}`), { shard, paid, by: 'execution' });
      await placeChunk(store, { group: keyOf(group), table, member: 0, chunk: 0 }, shard);
      await store.putBytes(new TextEncoder().encode(`a unit of ${group}`));
    }
    const model = async (name: string): Promise<Digest> =>
      artifacts.writeManifest({ type: 'checkpoint', rows: 1, shards: [await shardOf(name)], meta: {} });
    const [exported, dead] = [await model('exported'), await model('dead')];
    for (const each of [exported, dead]) await keepScores({ store, artifacts }, each, [{ text: 'a', score: 1, cut: false }]);
    const about = { run: 'gone', step: 'rm', node: 'rm', format: 'huggingface', splits: ['train'] };
    await noteExport(store, { folder: '/out', ...about, artifacts: [exported] });
    const source = { kind: 'source/github', version: 1, settings: {}, models: {}, resources: {} } as unknown as PlanNode;
    const outputs = { out: exported };
    const found = async (content: string): Promise<Digest> => {
      const parts = { ...nodeParts(source), content };
      return (await publishResult(store, { node: source, parts, inputs: {}, outputs, seconds: 1 })).key;
    };
    const [pinned, earlier] = [await found('refreshing'), await found('earlier')];
    await renewPin(store, source, 'refreshing');
    await publishNamed(store, rankName('sign', keyOf('rank')), { files: { rows: (await shardOf('rank')).digest } });
    const segment = store.ledger.open({ generationKey: 'aa', lo: '', hi: null, step: 'respond', attempt: '1' });
    await segment.append({ request: 'a', origin: 'a', text: 'paid', finish_reason: 'stop', usage: null, model: 'm', by: 'run' });
    await segment.close();
    for (const job of [keyOf('live').slice(0, 32), 'github/answers']) await writeFile(join(await store.scratch(job), 'a.json'), 'text');
    await record(store, 'run', [keyOf('live')]);
    const sorts = await collectUnused(everything(store));
    const counts = Object.fromEntries(sorts.map(({ sort, files }) => [sort, files]));
    const names = { 'names/results': 1, 'names/groups': 1, 'names/cleaning': 1, 'names/chunks': 1, 'names/scores': 1 };
    expect(counts).toEqual({ ...names, blobs: 8, jobs: 1 });
    expect(await readChunk(store, keyOf('chunk live'))).not.toBeNull();
    expect(await readChunk(store, keyOf('chunk dead'))).toBeNull();
    const [table = ''] = readdirSync(join(store.root, 'names', 'groups', keyOf('live')));
    expect(await readPlacedChunk(store, { group: keyOf('live'), table, member: 0, chunk: 0 })).not.toBeNull();
    expect(await store.has(table)).toBe(true);
    const kept = await Promise.all([exported, dead].map(async (model) => (await readScores({ store, artifacts }, model)).scores.length));
    expect(kept).toEqual([1, 0]);
    expect([await isWhole(store, pinned), await isWhole(store, earlier)]).toEqual([true, false]);
    expect((await store.ledger.read({ generationKey: 'aa', lo: '', hi: null })).size).toBe(1);
  });

  test('keeps all of a model server that a worker holds, however long ago it was started', async () => {
    await using user = await emptyFolder();
    const { store } = user;
    for (const server of ['held', 'over'])
      for (const name of ['pid', 'server.json', 'holders/worker']) {
        const file = join(await store.scratch(`servers-${server}/1`), name);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, 'text');
        if (server === 'over' || name !== 'holders/worker') await utimes(file, 1, 1);
      }
    expect(await collectUnused({ store, before: Date.now() - 60_000, remove: true })).toEqual([{ sort: 'jobs', files: 3, bytes: 12 }]);
    expect(filesOf(store).filter((file) => file.includes('servers-')).toSorted()).toHaveLength(3);
  });

  test('deletes nothing while the record of a run is damaged, which verify leaves where it is', async () => {
    await using user = await emptyFolder();
    const { root } = user.store;
    const needed = await result(user.store, ['needed']);
    await record(user.store, 'run', [needed]);
    const file = 'notes/runs/run/progress.json';
    const sound = readFileSync(join(root, file));
    const next = 'gc deletes nothing while it is there, since it says which results and checkpoints its run needs. Restore it from a backup';
    for (const damaged of [sound.with(20, 0), sound.subarray(0, sound.length / 2), Buffer.of()]) {
      chmodSync(join(root, file), 0o644);
      writeFileSync(join(root, file), damaged);
      const said = expect.stringMatching(`^${file}: .*; it stays, and ${next}`);
      expect(await runCommand(user.path, ['verify'])).toMatchObject({ exitCode: 1, stdout: said });
      const refused = expect.stringContaining(`codepmp: ${file} of the store ${root} is damaged, and ${next}`);
      expect(await runCommand(user.path, ['gc', '--delete', '--keep', '0'])).toMatchObject({ exitCode: 1, stderr: refused });
      expect(await isWhole(user.store, needed)).toBe(true);
    }
    writeFileSync(join(root, file), sound);
    expect(await runCommand(user.path, ['gc', '--delete', '--keep', '0'])).toMatchObject({ exitCode: 0 });
    expect(await isWhole(user.store, needed)).toBe(true);
  });

  test('deletes everything of the runs that were removed and nothing of the others, whatever they share', async () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 4 });
    const runs = fc.array(fc.record({ results: fc.array(texts, { maxLength: 4 }), isRemoved: fc.boolean() }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(runs, async (all) => {
        await using user = await emptyFolder();
        const kept = new Set<Digest>();
        const made = new Set<Digest>();
        for (const [at, { results, isRemoved }] of all.entries()) {
          const keys = [];
          for (const each of results) keys.push(await result(user.store, each));
          await record(user.store, `run-${at}`, keys);
          if (isRemoved) await removeRun(user.store, `run-${at}`);
          for (const key of keys) made.add(key);
          if (!isRemoved) for (const key of keys) kept.add(key);
        }
        await collectUnused(everything(user.store));
        for (const key of made) expect(await isWhole(user.store, key)).toBe(kept.has(key));
        expect(await collectUnused(everything(user.store))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  test('killed at any moment leaves what runs need, and finishes when it is started again', async () => {
    await using user = await emptyFolder();
    const live = [];
    for (let at = 0; at < 20; at += 1) live.push(await result(user.store, [`live ${at}`, 'shared']));
    await record(user.store, 'run', live);
    const main = join(checkout, 'cli', 'main.ts');
    for (const share of [0, 0.3, 0.9]) {
      for (let at = 0; at < 40; at += 1) await result(user.store, [`dead ${share} ${at}`, 'shared']);
      const begun = filesOf(user.store).length;
      const gc = spawn(process.execPath, [main, 'gc', '--delete', '--keep', '0'], { cwd: user.path, stdio: 'ignore' });
      const ended = new Promise((resolve) => gc.once('exit', resolve));
      await until('gc deletes', () => filesOf(user.store).length < begun - share * 160 || gc.exitCode !== null);
      gc.kill('SIGKILL');
      await ended;
      for (const key of live) expect(await isWhole(user.store, key)).toBe(true);
    }
    await collectUnused(everything(user.store));
    for (const key of live) expect(await isWhole(user.store, key)).toBe(true);
    expect(filesOf(user.store).filter((file) => file.startsWith('names/results/'))).toHaveLength(20);
    expect(existsSync(join(user.store.root, 'damaged'))).toBe(false);
  });
});
