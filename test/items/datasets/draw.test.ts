import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstByRank, heldOut, rankOf } from '../../../items/index.ts';

const texts = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 60 });

describe('a draw', () => {
  it('of fewer items is the beginning of one of more, under the same seed', () => {
    fc.assert(
      fc.property(texts, fc.nat(60), fc.nat(), (items, take, seed) => {
        const rank = (text: string) => rankOf(seed, text);
        expect(firstByRank(items, null, rank).slice(0, take)).toEqual(firstByRank(items, take, rank));
      }),
    );
  });

  it('does not depend on the order of the items', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (items, seed) => {
        const rank = (text: string) => rankOf(seed, text);
        expect(firstByRank(items.toReversed(), null, rank)).toEqual(firstByRank(items, null, rank));
      }),
    );
  });

  it('is another under another seed', () => {
    const items = Array.from({ length: 100 }, (_, index) => `${index}`);
    const [one, other] = [1, 2].map((seed) => firstByRank(items, 10, (text) => rankOf(seed, text)));
    expect(one).not.toEqual(other);
  });
});

describe('what is held out', () => {
  const pairs = Array.from({ length: 100 }, (_, index) => ({ question: `${index % 40}`, index }));
  const groupOf = ({ question }: { question: string }) => question;

  it('is a share of the groups, each of them whole', () => {
    const { train, test } = heldOut(pairs, { share: 0.1, groupOf });
    expect(new Set(test.map(groupOf)).size).toBe(4);
    expect(train.length + test.length).toBe(100);
    expect(train.filter((pair) => test.some(({ question }) => question === pair.question))).toEqual([]);
  });
});
