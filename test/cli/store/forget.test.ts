import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noteRun } from '../../../records/run.ts';
import { until } from '../../e2e/rig.ts';
import { runCommand } from '../command.ts';
import { checkout } from '../supervisor/services-rig.ts';
import { contentOf, lineOf, pipeline, repositoriesIn, studied } from './forget-rig.ts';

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

  it('leaves an export whose run is deleted to the user, and waits for runs in progress', async () => {
    const study = await studied();
    await runCommand(study.path, ['rm', 'study-1', '--yes']);
    const { stdout } = await study.forget('--repository', 'lab/one');
    expect(stdout).toContain(`${join(study.path, 'jsonl')}: 2 rows; the record of its run is deleted, so delete this folder yourself`);
    await noteRun(study.store, { head: { run: 'study-2', name: 'study', status: 'running', started: 2 }, changed: [] });
    expect(await study.forget('--repository', 'lab/one', '--delete')).toMatchObject({
      exitCode: 1,
      stderr: 'codepmp: study-2 has not ended; nothing was deleted. Stop it first: codepmp cancel study-2',
    });
    expect(await study.forget()).toMatchObject({ exitCode: 2, stderr: 'codepmp: expected --repository NAME or --licence NAME' });
  });
});
