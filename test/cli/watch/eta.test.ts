import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFileStore } from '../../../adapters/index.ts';
import { measuredTimes } from '../../../cli/watch/eta.ts';
import type { RunProgress, UnitProgress } from '../../../plan/index.ts';
import type { Store } from '../../../ports/store.ts';
import { keepSubmission } from '../../../records/submission.ts';

let root: string;
let store: Store;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-eta-'));
  store = await openFileStore({ root });
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A run whose step `a` took this long, as it is recorded. */
async function recorded(
  run: string,
  { seconds = 0, sample, name = 'study', state = 'done' }: { seconds?: number; sample?: number; name?: string; state?: UnitProgress['state'] },
): Promise<RunProgress> {
  await keepSubmission(store, { run, file: 'a.yaml', spec: '', set: {}, sample }, 1);
  return { run, name, status: 'succeeded', started: 1, units: [{ id: 'a', nodes: [{ id: 'a', kind: 'grade' }], state, seconds }] };
}

describe('the times that were measured', () => {
  it('are those of earlier runs of the pipeline on as many items', async () => {
    const earlier = [
      await recorded('study-5', { state: 'reused' }),
      await recorded('study-4', { seconds: 1, sample: 3 }),
      await recorded('study-try-1', { seconds: 2 }),
      await recorded('other-1', { seconds: 3, name: 'other' }),
      await recorded('study-3', { seconds: 600 }),
      await recorded('study-2', { seconds: 700 }),
    ];
    const timesOf = async (run: string, sample?: number) =>
      [...(await measuredTimes(store, await recorded(run, sample === undefined ? {} : { sample }), earlier))];
    expect(await timesOf('study-6')).toEqual([['a', 600_000]]);
    expect(await timesOf('study-7', 3)).toEqual([['a', 1000]]);
    expect(await timesOf('study-8', 4)).toEqual([]);
  });
});
