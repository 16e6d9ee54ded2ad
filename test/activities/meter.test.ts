import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMeters } from '../../activities/meter.ts';
import type { Store } from '../../activities/ports.ts';
import { openFileStore } from '../../adapters/index.ts';
import type { UnitNote } from '../../plan/index.ts';

let store: Store;
beforeAll(async () => {
  store = await openFileStore({ root: await mkdtemp(join(tmpdir(), 'codepmp-meter-')) });
});
afterAll(() => rm(store.root, { recursive: true }));

const noteOf = async (unit: string): Promise<UnitNote | null> => {
  const bytes = await store.readNote(`progress/${unit}.json`);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as UnitNote);
};

describe('a meter', () => {
  it('notes in the store what is done of what is expected, over all steps', async () => {
    const meter = createMeters(store).of('a');
    meter.expect('prompts', 10);
    meter.expect('chosen', 10);
    meter.add('prompts', 4);
    meter.add('chosen', 1);
    await expect.poll(() => noteOf('a')).toMatchObject({
      done: 5,
      total: 20,
      steps: { prompts: { done: 4, total: 10 }, chosen: { done: 1, total: 10 } },
    });
  });

  it('counts no further than what is expected when a chunk is tried again', async () => {
    const meter = createMeters(store).of('b');
    meter.expect('prompts', 3);
    meter.add('prompts', 2);
    meter.add('prompts', 3);
    await expect.poll(() => noteOf('b')).toMatchObject({ done: 3, total: 3 });
  });

  it('says when work began, once, and nothing of it while the unit waits', async () => {
    const meter = createMeters(store).of('c');
    meter.expect('prompts', 3);
    await expect.poll(() => noteOf('c')).toMatchObject({ began: null });
    const began = meter.begin();
    expect(meter.begin()).toBe(began);
    await expect.poll(() => noteOf('c')).toMatchObject({ began });
  });
});
