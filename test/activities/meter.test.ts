import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMeters } from '../../activities/meter.ts';
import type { Store } from '../../ports/store.ts';
import { openFileStore } from '../../adapters/index.ts';
import type { UnitNote } from '../../plan/index.ts';
import { createPairLengths, createRandom, describePairs } from '../../stats/index.ts';

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
    const meter = createMeters(store).of('a', '1');
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
    const meter = createMeters(store).of('b', '1');
    meter.expect('prompts', 3);
    meter.add('prompts', 2);
    meter.add('prompts', 3);
    await expect.poll(() => noteOf('b')).toMatchObject({ done: 3, total: 3 });
  });

  it('adds up what became of items that are paired, and what lengths say of the pairs of each language', async () => {
    const meter = createMeters(store).of('paired', '1');
    const pair = (chosen: number, rejected: number, language: string, path = '') => ({
      chosen: 'x'.repeat(chosen),
      rejected: 'x'.repeat(rejected),
      language,
      path,
    });
    meter.expect('pairs', 7);
    meter.addPairs('pairs', 2, [pair(10, 10, 'C')]);
    meter.addPairs('pairs', 5, [pair(400, 100, 'C'), pair(80, 900, 'Python'), pair(40, 20, 'C'), pair(9, 5, 'Python', 'a.IPYNB')]);
    const noted = async () => (await noteOf('paired'))?.steps['pairs']?.pairs;
    await expect.poll(noted).toMatchObject({ of: 7, made: 5 });
    expect((await noted())?.languages).toMatchObject({
      C: { chosen_longer: { n: 3, value: 2.5 / 3, method: 'agresti-coull' }, length: { n: 3, value: expect.closeTo(5.5 / 9) as number, method: 'normal' } },
      'Jupyter Notebook': { chosen_longer: { n: 1, value: 1 }, length: { n: 1, value: 1 } },
      Python: { chosen_longer: { n: 1, value: 0 }, length: { n: 1, value: 0 } },
    });
  });

  it('notes some hundred bytes for each language, however many pairs there are', async () => {
    const meter = createMeters(store).of('many', '1');
    const random = createRandom(1);
    const text = () => 'x'.repeat(1 + Math.floor(3000 * random()));
    const pairs = Array.from({ length: 2000 }, () => ({ chosen: text(), rejected: text(), language: 'C' }));
    meter.addPairs('pairs', 2000, pairs);
    const noted = async () => (await noteOf('many'))?.steps['pairs']?.pairs;
    await expect.poll(noted).toMatchObject({ made: 2000 });
    const { C: lengths } = (await noted())?.languages ?? {};
    expect(JSON.stringify(lengths).length).toBeLessThan(400);
    const all = createPairLengths(pairs.map((each) => ({ ...each, chosen_tokens: 1, rejected_tokens: 1 })));
    const { bias } = describePairs({ lengths: all }).total;
    expect(lengths?.chosen_longer.value).toBe(bias.chosen_longer.value);
    expect(lengths?.length.value).toBeCloseTo(bias.length.value ?? 0, 2);
    expect(lengths?.length.interval?.[0]).toBeCloseTo(bias.length.interval?.[0] ?? 0, 2);
  });

  it('says what a step that is tried again has failed with, until it goes well', async () => {
    const meter = createMeters(store).of('troubled', '1');
    meter.expect('rejected', 3);
    meter.trouble('rejected', 'rate-limited: endpoint away answered 429');
    await expect
      .poll(() => noteOf('troubled'))
      .toMatchObject({ steps: { rejected: { done: 0, total: 3, trouble: 'rate-limited: endpoint away answered 429' } } });
    meter.trouble('rejected', null);
    await expect.poll(async () => (await noteOf('troubled'))?.steps).toEqual({ rejected: { done: 0, total: 3 } });
  });

  it('says when work began, once, and nothing of it while the unit waits', async () => {
    const meter = createMeters(store).of('c', '1');
    meter.expect('prompts', 3);
    await expect.poll(() => noteOf('c')).toMatchObject({ began: null });
    const before = Date.now();
    meter.begin();
    await delay(200);
    meter.begin();
    await expect.poll(() => noteOf('c')).toMatchObject({ began: expect.closeTo(before, -2) as number });
  });

  it('begins anew where its work is done again', async () => {
    const meters = createMeters(store);
    const failed = meters.of('d', '1');
    failed.expect('prompts', 3);
    failed.begin();
    failed.add('prompts', 2);
    expect(meters.of('d', '1')).toBe(failed);
    await delay(20);
    const between = Date.now();
    const again = meters.of('d', '2');
    again.expect('prompts', 3);
    again.begin();
    await expect.poll(() => noteOf('d')).toMatchObject({ done: 0 });
    await expect.poll(async () => (await noteOf('d'))?.began).toBeGreaterThanOrEqual(between);
  });

  it('is kept for the units that were worked on last', () => {
    const meters = createMeters(store);
    const first = meters.of('unit-0', '1');
    for (let index = 1; index < 1000; index++) meters.of(`unit-${index}`, '1');
    expect(meters.of('unit-0', '1')).toBe(first);
    const second = meters.of('unit-1', '1');
    for (let index = 2; index <= 1001; index++) meters.of(`unit-${index}`, '1');
    expect(meters.of('unit-1', '1')).not.toBe(second);
  });
});
