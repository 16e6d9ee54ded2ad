import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';
import { readOutput, type StepOfRun } from '../../../cli/runs/step-output.ts';
import type { Store } from '../../../ports/store.ts';
import { placeChunk } from '../../../records/chunk.ts';

let root: string;
let store: Store;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-so-far-'));
  store = await openFileStore({ root });
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('what a running step has made so far', () => {
  it('is counted without its rows, of which only the shards of the first are read', async () => {
    const artifacts = createArtifacts(store);
    const group = 'a'.repeat(64);
    for (const chunk of [0, 1, 2, 10]) {
      const shard = await artifacts.writeJsonl([{ chunk, at: 0 }, { chunk, at: 1 }]);
      await placeChunk(store, { group, table: 'b'.repeat(64), member: 1, chunk }, { ...shard, statuses: { ok: 2 } });
    }
    const nodes = ['prompts', 'answers'].map((id) => ({ id, kind: 'respond', outputs: { out: 'responses' } }));
    const step = { node: nodes[1], unit: { id: group, key: group, nodes, state: 'running' }, result: null } as unknown as StepOfRun;
    const read: string[] = [];
    const counting = {
      ...artifacts,
      readJsonl: ((digest) => (read.push(digest), artifacts.readJsonl(digest))) as typeof artifacts.readJsonl,
    };
    const made = await readOutput({ store, artifacts: counting, step, output: undefined, most: 3 });
    expect(made).toMatchObject({ rows: 8, artifact: null });
    expect(made.items).toEqual([{ chunk: 0, at: 0 }, { chunk: 0, at: 1 }, { chunk: 1, at: 0 }]);
    expect(read).toHaveLength(2);
    expect((await readOutput({ store, artifacts, step, output: undefined, most: 100 })).items).toHaveLength(8);
  });
});
