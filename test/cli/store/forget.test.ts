import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate as otherWork } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { removeRun, rowBlobs } from '../../../adapters/index.ts';
import { collectUnused } from '../../../cli/gc/collect.ts';
import type { Digest, JsonObject, PlanNode } from '../../../plan/index.ts';
import { resultKey } from '../../../plan/keys.ts';
import { listExports } from '../../../records/exports.ts';
import { forgottenPart } from '../../../records/forgotten.ts';
import { publishResult, readResult, readWholeResult } from '../../../records/results.ts';
import { noteRun } from '../../../records/run.ts';
import { until } from '../../e2e/rig.ts';
import { runCommand } from '../command.ts';
import { checkout } from '../supervisor/services-rig.ts';
import { contentOf, lineOf, pipeline, repositoriesIn, studied, type Study } from './forget-rig.ts';

/** Records that searches of GitHub have found what the source of a study has; returns their keys once lab/one is forgotten. */
async function searched({ store, made }: Study, searches: number): Promise<Digest[]> {
  const outputs = { out: made['code']?.outputs['out'] ?? '' };
  const node = { id: 'code', kind: 'source/github' } as PlanNode;
  const keys: Digest[] = [];
  for (let search = 0; search < searches; search += 1) {
    const parts: JsonObject = { kind: node.kind, search };
    await publishResult(store, { node, parts, inputs: {}, outputs, seconds: 1 });
    keys.push(resultKey({ ...parts, ...forgottenPart({ repository: ['lab/one'], licence: [] }) }, {}));
  }
  return keys;
}

/** How many of the results a store has. */
async function wholeOf({ store }: Study, keys: Digest[]): Promise<number> {
  const results = await Promise.all(keys.map((key) => readWholeResult(store, key)));
  return results.filter((result) => result !== null).length;
}

/** The repositories of texts in a store. */
async function repositoriesOf({ store }: Study): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { rows } of rowBlobs(store))
    found.push(...rows.filter((row) => 'text' in row && 'path' in row).map(({ repository }) => repository));
  return found.toSorted();
}

/** Begins to forget lab/one, and returns as soon as a file is there. */
async function forgetUntil(study: Study, isThere: () => boolean) {
  const args = [join(checkout, 'cli', 'main.ts'), 'forget', '--repository', 'lab/one', '--delete'];
  const child = spawn(process.execPath, args, { cwd: study.path, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const said = text(child.stderr);
  while (!isThere() && child.exitCode === null) await otherWork();
  return { child, ended, said };
}

describe('forget', () => {
  it('shows what comes from a repository, then deletes it everywhere but for a text that another one has as well', async () => {
    const study = await studied(['huggingface', 'jsonl']);
    const before = readdirSync(study.path, { recursive: true }).toSorted();
    const { stdout, stderr, exitCode } = await study.forget('--repository', 'lab/one');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^results: 5, with \d+ files of rows$/),
      'paid answers: 3',
      `${join(study.path, 'huggingface')}: 2 rows`,
      `${join(study.path, 'jsonl')}: 2 rows`,
      'depends on it, and stays: rm of study-1',
    ]);
    expect(stderr).toContain(`1 text of lab/one can be deleted from ${study.store.root}`);
    expect(stderr).toContain(`codepmp forget --repository 'lab/one' --delete`);
    expect(readdirSync(study.path, { recursive: true }).toSorted()).toEqual(before);

    const job = join(study.store.root, 'jobs', 'training', '1');
    await mkdir(job, { recursive: true });
    await writeFile(join(job, 'config.json'), JSON.stringify({ pairs: [study.made['pairs']?.outputs['out']] }));
    await writeFile(join(study.path, 'huggingface', 'own.txt'), 'mine');
    expect(await contentOf(study)).toContain('secret');
    expect(await study.forget('--repository', 'lab/one', '--delete')).toMatchObject({ exitCode: 0 });
    const content = await contentOf(study);
    expect(['secret', 'lab/one', 'shared', 'plain'].map((word) => content.includes(word))).toEqual([false, false, true, true]);
    expect(existsSync(job)).toBe(false);
    const lines = (await readFile(join(study.path, 'jsonl', 'train.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { path: string }).path).toSorted()).toEqual(['copyleft.py', 'plain.py', 'shared.py']);
    for (const folder of ['huggingface', 'jsonl']) expect(await readFile(join(study.path, folder, 'README.md'), 'utf8')).not.toContain('lab/one');
    expect(await readFile(join(study.path, 'huggingface', 'own.txt'), 'utf8')).toBe('mine');
    expect(await runCommand(study.path, ['verify'])).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('stays in force: the next run asks nothing, and leaves out what the source still has', async () => {
    const study = await studied();
    await study.forget('--repository', 'lab/one', '--delete');
    const asked = study.asked.length;
    const again = await study.run(pipeline);
    expect(await repositoriesIn(study, again)).toEqual(['lab/three', 'lab/two', 'lab/two']);
    expect(study.asked.length).toBe(asked);
    await appendFile(join(study.folder, 'data.jsonl'), lineOf('lab/one', 'later'));
    const grown = await study.run(pipeline);
    expect((await study.manifest(grown['code'])).meta).toMatchObject({ found: 3, left_out: { forgotten: 3 } });
    expect(await repositoriesIn(study, grown)).toEqual(['lab/three', 'lab/two', 'lab/two']);
    await study.forget('--licence', 'GPL-3.0-only', '--delete');
    expect(await readFile(join(study.path, 'jsonl', 'train.jsonl'), 'utf8')).not.toContain('copyleft');
    expect(await repositoriesIn(study, await study.run(pipeline))).toEqual(['lab/two', 'lab/two']);
    expect(await contentOf(study)).not.toContain('copyleft');
  });

  it('finds a licence in a list and in an expression, and leaves it out there from then on', async () => {
    const dual = ['listed', 'either', 'within'];
    const cells = [['MIT', 'GPL-3.0-only'], 'MIT OR GPL-3.0-only', 'Apache-2.0 AND (MIT OR GPL-3.0-only WITH GCC-exception-3.1)'];
    const more = dual.map((name, at) => lineOf('lab/two', name, cells[at]));
    const study = await studied(['jsonl'], [...more, lineOf('lab/two', 'other', 'LGPL-3.0-only')]);
    const named = async (): Promise<boolean[]> => {
      const content = await contentOf(study);
      return [...dual, 'copyleft', 'other'].map((word) => content.includes(word));
    };
    expect(await named()).toEqual([true, true, true, true, true]);
    const { stderr } = await study.forget('--licence', 'gpl-3.0-only', '--delete');
    expect(stderr).toContain('4 texts of gpl-3.0-only deleted');
    expect(await named()).toEqual([false, false, false, false, true]);
    expect(await readFile(join(study.path, 'jsonl', 'train.jsonl'), 'utf8')).not.toMatch(/listed|either|within|copyleft/);
    expect(await repositoriesIn(study, await study.run(pipeline))).toEqual(['lab/one', 'lab/one', 'lab/two', 'lab/two', 'lab/two']);
    expect(await named()).toEqual([false, false, false, false, true]);
  });

  it('finishes what it was stopped at when it is started again', async () => {
    const study = await studied();
    const args = [join(checkout, 'cli', 'main.ts'), 'forget', '--repository', 'lab/one', '--delete'];
    const stopped = spawn(process.execPath, args, { cwd: study.path, stdio: 'ignore' });
    const pairs = join(study.store.root, 'names', 'results', study.made['pairs']?.key ?? '');
    await until('the first names are deleted', () => !existsSync(pairs));
    stopped.kill('SIGKILL');
    await study.forget('--repository', 'lab/one', '--delete');
    expect(await contentOf(study)).not.toContain('secret');
    expect(await readFile(join(study.path, 'jsonl', 'train.jsonl'), 'utf8')).not.toContain('secret');
  });

  it('loses nothing that sources have given, also where it is stopped as soon as runs leave out what is forgotten', async () => {
    const study = await studied([]);
    const left = await searched(study, 100);
    const { child, ended } = await forgetUntil(study, () => existsSync(join(study.store.root, 'notes', 'forgotten.json')));
    child.kill('SIGKILL');
    await ended;
    await study.forget('--repository', 'lab/one', '--delete');
    expect(await contentOf(study)).not.toContain('secret');
    expect(await wholeOf(study, left)).toBe(100);
  });

  it('keeps what is left of the sources of a run from gc, before another run uses it, as long as the run has a record', async () => {
    const study = await studied([]);
    const { store } = study;
    await study.forget('--repository', 'lab/one', '--delete');
    await study.forget('--licence', 'GPL-3.0-only', '--delete');
    const collect = () => collectUnused({ store, before: Date.now() + 60_000, remove: true });
    await collect();
    expect(await repositoriesOf(study)).toEqual(['lab/two', 'lab/two']);
    const { key = '' } = (await study.run(pipeline))['code'] ?? {};
    const unit = { id: 'u0', key, state: 'done' as const, nodes: [{ id: 'code', kind: 'source/jsonl', key }] };
    await noteRun(store, { head: { run: 'study-2', name: 'study', status: 'succeeded', started: 2 }, changed: [unit] });
    await removeRun(store, 'study-1');
    await study.forget('--repository', 'lab/nobody', '--delete');
    await collect();
    const { inputs: _inputs, forgotten: _forgotten, ...parts } = (await readResult(store, key))?.parts ?? {};
    const forgotten = { repository: ['lab/nobody', 'lab/one'], licence: ['GPL-3.0-only'] };
    expect(await wholeOf(study, [resultKey({ ...parts, ...forgottenPart(forgotten) }, {})])).toBe(1);
    await removeRun(store, 'study-2');
    await collect();
    expect(await repositoriesOf(study)).toEqual([]);
  });

  it('deletes nothing where a run has been meanwhile, which may have used what is not yet forgotten, and all when it is started again', async () => {
    const study = await studied([]);
    const { store } = study;
    const left = await searched(study, 100);
    const results = (): number => readdirSync(join(store.root, 'names', 'results')).length;
    const before = results();
    const { ended, said } = await forgetUntil(study, () => results() > before);
    await noteRun(store, { head: { run: 'study-2', name: 'study', status: 'succeeded', started: 2 }, changed: [] });
    expect(await ended).toEqual([1, null]);
    expect(await said).toBe('codepmp: study-2 has run meanwhile; nothing was deleted. Run the same command again\n');
    expect(await contentOf(study)).toContain('secret');
    await study.forget('--repository', 'lab/one', '--delete');
    expect(await contentOf(study)).not.toContain('secret');
    expect(await wholeOf(study, left)).toBe(100);
  });

  it('leaves a folder alone that only has the path of an export, until its card says that it is the export', async () => {
    const study = await studied();
    const folder = join(study.path, 'jsonl');
    const [card, rows] = [join(folder, 'README.md'), join(folder, 'train.jsonl')];
    const [{ copy = '' } = {}] = await listExports(study.store);
    for (const file of [card, rows]) await writeFile(file, 'mine');
    const said = `${folder}: 2 rows; it stays, since its README.md does not say "This copy is \`${copy}\`". If it is the export, delete it yourself, or write that line again and run the same command`;
    for (const args of [[], ['--delete'], ['--delete']])
      expect((await study.forget('--repository', 'lab/one', ...args)).stdout.split('\n')).toContain(said);
    for (const file of [card, rows]) expect(await readFile(file, 'utf8')).toBe('mine');
    await writeFile(card, `This copy is \`${copy}\``);
    expect((await study.forget('--repository', 'lab/one', '--delete')).stdout.split('\n')).toContain(`${folder}: 2 rows`);
    expect(await readFile(rows, 'utf8')).toContain('plain');
    expect((await study.forget('--repository', 'lab/one')).stdout).not.toContain(folder);
  });

  it('names an export that was deleted until it has forgotten, and one that may be on a disk that is not there always', async () => {
    const study = await studied();
    const [deleted, disk] = [join(study.path, 'jsonl'), join(study.path, 'disk')];
    const away = join(disk, 'pairs');
    expect(await runCommand(study.path, ['export', 'pairs', away, '--format', 'jsonl'])).toMatchObject({ exitCode: 0 });
    for (const folder of [deleted, away]) await rm(folder, { recursive: true });
    const said = `${deleted}: 2 rows; it is no longer there. If you have moved it, delete it: after --delete it is not named again`;
    const elsewhere = expect.stringMatching(`^${away} on ${hostname()}: 2 rows; it is not found from here`);
    for (const args of [[], ['--delete']])
      expect((await study.forget('--repository', 'lab/one', ...args)).stdout.split('\n')).toEqual(expect.arrayContaining([said, elsewhere]));
    await rm(disk, { recursive: true });
    const { stdout } = await study.forget('--repository', 'lab/one', '--delete');
    expect(stdout).not.toContain(deleted);
    expect(stdout.split('\n')).toContainEqual(elsewhere);
  });

  it('leaves an export whose run is deleted to the user, and waits for runs in progress', async () => {
    const study = await studied();
    await runCommand(study.path, ['rm', 'study-1', '--yes']);
    const { stdout } = await study.forget('--repository', 'lab/one');
    expect(stdout).toContain(`${join(study.path, 'jsonl')}: 2 rows; the record of its run is gone, so delete this folder yourself`);
    await noteRun(study.store, { head: { run: 'study-2', name: 'study', status: 'running', started: 2 }, changed: [] });
    expect(await study.forget('--repository', 'lab/one', '--delete')).toMatchObject({
      exitCode: 1,
      stderr: 'codepmp: study-2 has not ended; nothing was deleted. Stop it first: codepmp cancel study-2',
    });
    expect(await study.forget()).toMatchObject({ exitCode: 2, stderr: 'codepmp: expected --repository NAME or --licence NAME' });
  });
});
