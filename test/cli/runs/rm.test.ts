import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { removeRun } from '../../../adapters/index.ts';
import { readRun } from '../../../records/run.ts';
import type { RunProgress } from '../../../plan/index.ts';
import { recordedFolder } from '../recorded-runs.ts';

const pipeline = `codepmp: 1
name: study
steps:
  data: {uses: dataset/arithmetic}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: data.train}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: data.test}}
`;

describe('rm', () => {
  test('removes the records and the report of runs, and keeps what their steps have made', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', pipeline);
    await user.record('study-2', pipeline);
    await user.record('study-3', pipeline);
    const results = await user.store.list('results/');
    const report = join(user.store.root, 'runs', 'study-1', 'report');
    await mkdir(report, { recursive: true });
    await writeFile(join(report, 'index.html'), '');
    const { exitCode, stdout, stderr } = await user.codepmp('rm', 'study-1', 'study-2', '--yes');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toMatch(
      /^study-1 is deleted\nstudy-2 is deleted\nThe results of their steps stay in the store for other runs: 3 results, \d+ B$/,
    );
    expect(existsSync(report)).toBe(false);
    expect(await user.store.list('runs/')).toEqual([expect.stringMatching(/^runs\/study-3\/submission-\d+$/)]);
    expect(await user.store.listNotes('runs/')).toEqual(['runs/study-3/progress.json']);
    expect(await user.store.list('results/')).toEqual(results);
  });

  test('asks first, and off a terminal wants --yes', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', pipeline);
    const { exitCode, stderr } = await user.codepmp('rm', 'study-1');
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'codepmp: rm asks before it deletes, and this is not a terminal. Use --yes to delete the record and the report of study-1',
    );
    expect(await readRun(user.store, 'study-1')).not.toBe(null);
  });

  test('refuses a run that is not over, and then removes none', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', pipeline);
    await user.record('study-2', pipeline);
    const record: RunProgress = { ...((await readRun(user.store, 'study-2')) as RunProgress), status: 'running' };
    await user.store.note('runs/study-2/progress.json', new TextEncoder().encode(JSON.stringify(record)));
    const refused = await user.codepmp('rm', 'study-1', 'study-2', '--yes');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(
      'study-2 has not ended: no server is running it now, but it continues when one is started. Stop it: codepmp cancel study-2',
    );
    expect(await user.store.listNotes('runs/')).toHaveLength(2);
    const forced = await user.codepmp('rm', 'study-1', 'study-2', '--yes', '--force', '--json');
    expect(JSON.parse(forced.stdout)).toMatchObject({ removed: ['study-1', 'study-2'], kept: { results: 3 } });
    expect(await user.store.listNotes('runs/')).toEqual([]);
  });

  test('names the runs there are where it knows none of that name', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', pipeline);
    expect(await user.codepmp('rm', 'sutdy-1', '--yes')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('there is no run sutdy-1'),
    });
  });

  test('leaves its folder for no name', async () => {
    await using user = await recordedFolder();
    for (const name of ['..', '.', 'a/b', '']) await expect(removeRun(user.store, name)).rejects.toThrow('cannot be the id of a run');
  });
});
