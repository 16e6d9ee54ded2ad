import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRun, listRuns, pickRun, runsOf } from '../../../cli/runs/runs.ts';
import { recordedFolder } from '../recorded-runs.ts';
import type { RecordedFolder } from '../recorded-runs.ts';

const pipeline = 'codepmp: 1\nname: sums\nsteps:\n  data: {uses: dataset/arithmetic}\ntargets: [data]\n';

let user: RecordedFolder;
beforeAll(async () => {
  user = await recordedFolder();
  for (const run of ['sums-1', 'sums-12', 'other-1']) await user.record(run, pipeline);
});
afterAll(() => user[Symbol.asyncDispose]());

/** The store, and the names of the records that are read of it. */
function counted() {
  const reads: string[] = [];
  return { reads, store: { ...user.store, readNote: (name: string) => (reads.push(name), user.store.readNote(name)) } };
}

describe('a run is named', () => {
  test('by its name, and no other record is read', async () => {
    const { store, reads } = counted();
    expect((await pickRun(store, 'sums-1')).run).toBe('sums-1');
    expect(reads).toEqual(['runs/sums-1/progress.json']);
  });

  test('by what it alone begins with', async () => {
    const { store, reads } = counted();
    expect((await pickRun(store, 'oth')).run).toBe('other-1');
    expect(reads).toEqual(['runs/other-1/progress.json']);
  });

  test('by nothing: the newest', async () => {
    expect((await pickRun(user.store, undefined)).run).toBe('other-1');
  });

  test('by what several begin with, which asks for more', async () => {
    await expect(pickRun(user.store, 'sums')).rejects.toThrow('2 runs start with sums:\n  sums-12\n  sums-1');
    const { exitCode, stderr } = await user.codepmp('cancel', 'sums');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'codepmp: 2 runs start with sums:\n  sums-12\n  sums-1' });
  });

  test('by what none begins with', async () => {
    expect(await findRun(user.store, 'sums/')).toBe(null);
    await expect(pickRun(user.store, 'none')).rejects.toThrow(
      `there is no run none in ${user.store.root}. The newest are:\n  other-1\n  sums-12\n  sums-1`,
    );
  });
});

test('a trial is resumed by its name alone', async () => {
  await using other = await recordedFolder();
  await other.record('sums-try-1', pipeline);
  const { exitCode, stderr } = await other.codepmp('resume');
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr:
      'codepmp: there are trials only, and no run to resume. Start one: codepmp run FILE; or name a trial: codepmp resume sums-try-1',
  });
  await other.record('sums-1', pipeline);
  await other.record('sums-try-2', pipeline);
  expect((await pickRun(other.store, undefined)).run).toBe('sums-1');
});

test('records are read once, however often they are asked for', async () => {
  const { store, reads } = counted();
  const runs = runsOf(store);
  expect(await runs()).toEqual(await listRuns(user.store));
  await runs();
  expect(reads).toHaveLength(3);
});
