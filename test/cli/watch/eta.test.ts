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

interface Recorded {
  seconds?: number;
  sample?: number;
  name?: string;
  state?: UnitProgress['state'];
  /** Null: a saved plan was run. */
  spec?: null;
  plan?: string;
}

/** A run whose step `a` took this long, as it is recorded. */
async function recorded(
  run: string,
  { seconds = 0, sample, name = 'study', state = 'done', ...of }: Recorded = {},
): Promise<RunProgress> {
  const { spec = '', plan = 'of all' } = of;
  await keepSubmission(store, { run, file: 'a.yaml', spec, set: {}, sample }, 1);
  return { run, name, status: 'succeeded', plan, started: 1, units: [{ id: 'a', nodes: [{ id: 'a', kind: 'grade' }], state, seconds }] };
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

  it('are those of runs of the same plan where a saved plan is run, which may be one of few items', async () => {
    const few = await recorded('study-12', { seconds: 1, spec: null, plan: 'of few' });
    const all = await recorded('study-11', { seconds: 600 });
    const timesOf = async (run: string, of: Recorded) => [...(await measuredTimes(store, await recorded(run, of), [few, all])).values()];
    expect(await timesOf('study-13', {})).toEqual([600_000]);
    expect(await timesOf('study-14', { spec: null })).toEqual([600_000]);
    expect(await timesOf('study-15', { spec: null, plan: 'of few' })).toEqual([1000]);
    expect(await timesOf('study-16', { spec: null, plan: 'of others' })).toEqual([]);
  });
});
