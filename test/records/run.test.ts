import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../ports/store.ts';
import { noteRun, readRun } from '../../records/run.ts';
import { openFileStore } from '../../adapters/index.ts';
import type { UnitProgress } from '../../plan/index.ts';

let root: string;
let store: Store;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-record-'));
  store = await openFileStore({ root });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const unit = (id: string, state: UnitProgress['state']): UnitProgress => ({ id, nodes: [{ id, kind: 'train/rm' }], state });
const head = { name: 'study', status: 'running', started: 1 } as const;

describe('the record of a run', () => {
  it('holds nothing of an earlier run of its name, also where it was never compiled', async () => {
    await noteRun(store, { head: { ...head, run: 'again' }, changed: [unit('rm', 'done')] });
    await noteRun(store, { head: { ...head, run: 'again', status: 'failed', started: 2 }, changed: [] });
    expect(await readRun(store, 'again')).toEqual({ ...head, run: 'again', status: 'failed', started: 2, units: [] });
  });

  it('is the same whichever note of a run comes late, or twice', async () => {
    const begun = { head: { ...head, run: '' }, changed: [unit('task', 'waiting'), unit('rm', 'waiting')] };
    const middle = { head: { ...head, run: '', noted: 1 }, changed: [unit('task', 'done'), unit('rm', 'running')] };
    const last = { head: { ...head, run: '', status: 'failed' as const, noted: 2 }, changed: [unit('rm', 'failed')] };
    const units = [{ ...unit('task', 'done'), noted: 1 }, { ...unit('rm', 'failed'), noted: 2 }];
    const orders = {
      straight: [begun, middle, last],
      begunLate: [begun, middle, last, begun],
      middleTwice: [begun, middle, last, middle],
      middleLate: [begun, last, middle],
    };
    for (const [run, notes] of Object.entries(orders)) {
      for (const note of notes) await noteRun(store, { ...note, head: { ...note.head, run } });
      expect(await readRun(store, run)).toEqual({ ...head, run, status: 'failed', noted: 2, units });
    }
  });

  it('takes nothing of a run that was there before, however late that comes', async () => {
    await noteRun(store, { head: { ...head, run: 'new', started: 2 }, changed: [unit('rm', 'waiting')] });
    await noteRun(store, { head: { ...head, run: 'new', started: 1, noted: 7 }, changed: [unit('rm', 'done')] });
    expect(await readRun(store, 'new')).toEqual({ ...head, run: 'new', started: 2, units: [unit('rm', 'waiting')] });
  });
});
