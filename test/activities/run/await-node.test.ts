import { Client, Connection } from '@temporalio/client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awaitNode } from '../../../activities/run/await-node.ts';
import { openFileStore } from '../../../adapters/index.ts';
import { unitsOf } from '../../../plan/index.ts';
import { canonicalBytes, nodeParts } from '../../../plan/keys.ts';
import type { AwaitInput, Json } from '../../../plan/index.ts';
import { publishResult } from '../../../records/results.ts';
import { planOf } from '../../compile/rig.ts';
import { asActivity } from '../rig.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'codepmp-await-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A step whose result the store has; `wait` waits for it, of a run without a server, so that nothing can be started. */
async function madeStep() {
  const store = await openFileStore({ root: join(folder, 'store') });
  const plan = planOf('codepmp: 1\nname: one\nsteps:\n  data: {uses: dataset/arithmetic, with: {train: 10}}\n');
  const [unit] = unitsOf(plan);
  const [node] = unit?.nodes ?? [];
  if (!node) throw new Error('the plan has a node');
  const outputs = { train: await store.putBytes(canonicalBytes({ format: 1, type: 'pairs', rows: 0, shards: [], meta: {} })) };
  const made = await publishResult(store, { node, parts: nodeParts(node), inputs: {}, outputs, trainingSteps: 400, seconds: 7 });
  const input = {
    run: 'r',
    started: 1,
    plan: await store.putBytes(canonicalBytes(plan as unknown as Json)),
    unit: { index: 0, above: { made: {}, skipped: {} } },
    store: store.id,
    key: made.key,
    looked: {},
  };
  const nobody = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
  const wait = (more: Pick<AwaitInput, 'begun'>, attempt: number) =>
    asActivity(() => awaitNode({ client: nobody, store })({ ...input, ...more }), attempt);
  return { id: node.id, made, wait };
}

describe('a step that was made since it was looked up is not started again', () => {
  it('by the retry, where the worker that waited for it was lost: this run pays for it', async () => {
    const { id, made, wait } = await madeStep();
    await expect(wait({}, 2)).resolves.toEqual({ [id]: made });
  });

  it('by a new execution of the run that started it: this run pays for it', async () => {
    const { id, made, wait } = await madeStep();
    await expect(wait({ begun: true }, 1)).resolves.toEqual({ [id]: made });
  });

  it('where another run made it: that one has paid for it', async () => {
    const { id, made, wait } = await madeStep();
    await expect(wait({}, 1)).resolves.toEqual({ [id]: { ...made, payer: 'another run' } });
  });
});
