import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../activities/ports.ts';
import { noteRun, readRecord } from '../../activities/run-record.ts';
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
    expect(await readRecord(store, 'again')).toEqual({ ...head, run: 'again', status: 'failed', started: 2, units: [] });
  });
});
