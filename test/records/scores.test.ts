import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createArtifacts, openFileStore } from '../../adapters/index.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { keepScores, readScores, textName } from '../../records/scores.ts';

let root: string;
let store: Store;
let artifacts: Artifacts;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-scores-'));
  store = await openFileStore({ root });
  artifacts = createArtifacts(store);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const [one, other] = ['1'.repeat(64), '2'.repeat(64)];
const named = (text: string, score: number) => ({ text, score, cut: false });

/** What a checkpoint says of texts: score and whether the text was cut, or null. */
async function scoresOf(checkpoint: string, texts: string[]) {
  const { placeOf, scores, cuts } = await readScores({ store, artifacts }, checkpoint);
  return texts.map(placeOf).map((place) => (place === undefined ? null : [scores[place], cuts[place]]));
}

describe('scores', () => {
  it('are kept for a checkpoint, and read by it alone', async () => {
    await keepScores({ store, artifacts }, one, [named('a', 0.1), named('b', -2)]);
    await keepScores({ store, artifacts }, one, [{ text: 'c', score: 3, cut: true }]);
    await keepScores({ store, artifacts }, other, [named('a', 7)]);
    expect(await scoresOf(one, ['a', 'b', 'c', 'd'])).toEqual([[0.1, false], [-2, false], [3, true], null]);
    expect(await scoresOf(other, ['a', 'b'])).toEqual([[7, false], null]);
  });

  it('of a text that was scored twice are the last ones that are read', async () => {
    await keepScores({ store, artifacts }, one, [named('a', 1), named('b', 2), named('a', 3)]);
    expect(await scoresOf(one, ['a', 'b'])).toEqual([[3, false], [2, false]]);
    expect((await readScores({ store, artifacts }, one)).scores).toHaveLength(2);
  });

  it('are all read, however many there are', async () => {
    await keepScores({ store, artifacts }, one, Array.from({ length: 120_001 }, (_, index) => named(`${index}`, index)));
    expect((await readScores({ store, artifacts }, one)).scores).toHaveLength(120_001);
    expect(await scoresOf(one, ['120000'])).toEqual([[120_000, false]]);
  });

  it('that are damaged count as never given, and can be kept again', async () => {
    await keepScores({ store, artifacts }, one, [named('a', 0.1)]);
    const { digest } = await artifacts.writeJsonl([named('a', 0.1)]);
    await truncate(await store.pathOf(digest), 10);
    expect(await scoresOf(one, ['a'])).toEqual([null]);
    await keepScores({ store, artifacts }, one, [named('a', 0.1)]);
    expect(await scoresOf(one, ['a'])).toEqual([[0.1, false]]);
  });
});

describe('the name of a text', () => {
  it('tells apart where the prompt ends', () => {
    expect(textName({ prompt: 'ab', response: 'c' })).not.toBe(textName({ prompt: 'a', response: 'bc' }));
  });

  it('is 32 hexadecimal digits', () => {
    expect(textName({ prompt: 'größer', response: '日本' })).toMatch(/^[0-9a-f]{32}$/);
  });
});
