import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSymmetricDraw } from '../../../items/index.ts';

const sized = fc.record({
  language: fc.constantFrom('Python', 'C'),
  chosen: fc.integer({ min: 1, max: 40 }).map((length) => 'x'.repeat(length)),
  rejected: fc.integer({ min: 1, max: 40 }).map((length) => 'y'.repeat(length)),
});
const pairs = fc.array(sized, { maxLength: 60 }).map((all) => all.map((each, at) => ({ ...each, origin: `o${at}`, ordinal: 0 })));

function drawnOf<T extends Parameters<ReturnType<typeof createSymmetricDraw>['note']>[0]>(all: T[], seed: number): T[] {
  const draw = createSymmetricDraw(seed);
  for (const each of all) draw.note(each);
  return all.filter((each) => draw.keeps(each));
}

describe('a symmetric draw', () => {
  it('keeps as many pairs with a longer chosen side as with a shorter one, and every pair of equal lengths', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 0, max: 9 }), (all, seed) => {
        const kept = drawnOf(all, seed);
        for (const language of ['Python', 'C']) {
          const own = kept.filter((each) => each.language === language);
          const longer = own.filter(({ chosen, rejected }) => chosen.length > rejected.length);
          expect(own.filter(({ chosen, rejected }) => chosen.length < rejected.length)).toHaveLength(longer.length);
        }
        const equal = all.filter(({ chosen, rejected }) => chosen.length === rejected.length);
        expect(kept).toEqual(expect.arrayContaining(equal));
      }),
    );
  });

  it('drops no pair of a set that is symmetric already', () => {
    const both = [3, 5, 20].flatMap((length, at) => {
      const [long, short] = ['x'.repeat(length), 'yy'];
      const [one, other] = [{ chosen: long, rejected: short }, { chosen: short, rejected: long }];
      return [one, other].map((each, ordinal) => ({ ...each, language: 'C', origin: `o${at}`, ordinal }));
    });
    expect(drawnOf(both, 1)).toEqual(both);
  });

  it('keeps the same pairs in any order, and others by another seed', () => {
    const all = Array.from({ length: 40 }, (_, at) => ({
      language: 'C',
      chosen: at % 4 === 0 ? 'x' : 'xxx',
      rejected: at % 4 === 0 ? 'yyy' : 'y',
      origin: `o${at}`,
      ordinal: 0,
    }));
    const kept = drawnOf(all, 1);
    expect(kept).toHaveLength(20);
    expect(drawnOf(all.toReversed(), 1).toReversed()).toEqual(kept);
    expect(drawnOf(all, 2)).not.toEqual(kept);
  });
});
