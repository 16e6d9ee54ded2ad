import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestOfN, majorityOfN, selectionWeights } from '../../../stats/index.ts';
import { allSubsets } from '../../../stats/bon/majority.ts';

const candidate = fc.record({ score: fc.integer({ min: 0, max: 4 }), value: fc.constantFrom(0, 1) });
const candidates = fc.array(candidate, { minLength: 1, maxLength: 9 });
const withSize = candidates.chain((list) => fc.tuple(fc.constant(list), fc.integer({ min: 1, max: list.length })));

describe('Best-of-N over all subsets', () => {
  test('equals listing every subset, ties shared among the best', () => {
    fc.assert(
      fc.property(withSize, ([list, n]) => {
        expect(bestOfN(list, n)).toBeCloseTo(byListing(list, n), 10);
      }),
    );
  });

  test('is pass@1 when every score is equal, whatever N', () => {
    fc.assert(
      fc.property(withSize, ([list, n]) => {
        const constant = list.map(({ value }) => ({ score: 7, value }));
        expect(bestOfN(constant, n)).toBeCloseTo(mean(list.map(({ value }) => value)), 10);
      }),
    );
  });

  test('is the oracle when the score is the correctness: one minus the chance that all are wrong', () => {
    fc.assert(
      fc.property(withSize, ([list, n]) => {
        const subsets = [...allSubsets(list.length, n)].length;
        expect(subsets).toBeGreaterThan(0);
        const anyRight = meanOverSubsets(list.length, n, (subset) => Math.max(...subset.map((index) => list[index]?.value ?? 0)));
        expect(bestOfN(list.map(({ value }) => ({ score: value, value })), n)).toBeCloseTo(anyRight, 10);
      }),
    );
  });

  test('never falls when a right candidate is scored higher', () => {
    fc.assert(
      fc.property(withSize, fc.nat(), ([list, n], pick) => {
        const raised = list.map((each, index) =>
          index === pick % list.length && each.value === 1 ? { ...each, score: each.score + 2 } : each,
        );
        expect(bestOfN(raised, n)).toBeGreaterThanOrEqual(bestOfN(list, n) - 1e-12);
      }),
    );
  });

  test('gives selection weights that sum to one, also for 256 candidates', () => {
    for (const [m, n] of [[1, 1], [8, 8], [256, 1], [256, 128], [256, 256]] as const) {
      const weights = selectionWeights(m, n);
      expect(weights).toHaveLength(m);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
    }
  });

  test('keeps infinite scores in order', () => {
    const list = [{ score: -Infinity, value: 0 }, { score: Infinity, value: 1 }, { score: 3, value: 0 }];
    expect(bestOfN(list, 3)).toBe(1);
  });

  test('refuses a missing score and an N that cannot be', () => {
    expect(() => bestOfN([{ score: Number.NaN, value: 1 }], 1)).toThrow('a candidate has no score (NaN)');
    expect(() => bestOfN([{ score: 1, value: 1 }], 2)).toThrow('the best of 2 cannot be taken from 1 candidates');
  });
});

describe('majority of N', () => {
  const vote = fc.record({ answer: fc.constantFrom('1', '2', '3', null), right: fc.boolean() });
  const votes = fc.array(vote, { minLength: 1, maxLength: 8 }).map((list) =>
    list.map(({ answer }) => ({ answer, correct: answer === '1' })),
  );

  test('equals listing every subset while there are few', () => {
    fc.assert(
      fc.property(votes.chain((list) => fc.tuple(fc.constant(list), fc.integer({ min: 1, max: list.length }))), ([list, n]) => {
        const listed = meanOverSubsets(list.length, n, (subset) => plurality(subset.map((index) => list[index]?.answer ?? null)));
        expect(majorityOfN({ votes: list, n: [n] })[0]?.counted).toBeCloseTo(listed, 10);
      }),
    );
  });

  test('of one is pass@1, weighted or not', () => {
    fc.assert(
      fc.property(votes, (list) => {
        const weighted = list.map((each, index) => ({ ...each, weight: index + 0.5 }));
        const share = mean(list.map(({ correct }) => (correct ? 1 : 0)));
        const [{ counted, weighted: byWeight } = { counted: -1, weighted: -1 }] = majorityOfN({ votes: weighted, n: [1] });
        expect(counted).toBeCloseTo(share, 10);
        expect(byWeight).toBeCloseTo(share, 10);
      }),
    );
  });

  test('lets a heavy vote outweigh two light ones', () => {
    const list = [
      { answer: '1', correct: true, weight: 5 },
      { answer: '2', correct: false, weight: 1 },
      { answer: '2', correct: false, weight: 1 },
    ];
    expect(majorityOfN({ votes: list, n: [3] })).toEqual([{ counted: 0, weighted: 1 }]);
  });

  test('draws the same subsets for the same seed and stays near the exact value', () => {
    const list = Array.from({ length: 24 }, (_, index) => ({ answer: index % 5 < 2 ? 'a' : `${index}`, correct: index % 5 < 2 }));
    const drawn = majorityOfN({ votes: list, n: [4, 6], subsets: 2000, seed: 3 });
    expect(majorityOfN({ votes: list, n: [4, 6], subsets: 2000, seed: 3 })).toEqual(drawn);
    const [exact] = majorityOfN({ votes: list, n: [4], subsets: 20_000 });
    expect(Math.abs((drawn[0]?.counted ?? 0) - (exact?.counted ?? 1))).toBeLessThan(0.04);
    const alone = [4, 6].flatMap((n) => majorityOfN({ votes: list, n: [n], subsets: 2000, seed: 3 }));
    expect(drawn).toEqual(alone);
  });
});

function byListing(list: readonly { score: number; value: number }[], n: number): number {
  return meanOverSubsets(list.length, n, (subset) => {
    const chosen = subset.map((index) => list[index] ?? { score: 0, value: 0 });
    const highest = Math.max(...chosen.map(({ score }) => score));
    return mean(chosen.filter(({ score }) => score === highest).map(({ value }) => value));
  });
}

function plurality(answers: readonly (string | null)[]): number {
  const counts = new Map<string, number>();
  for (const answer of answers) if (answer !== null) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  const winners = [...counts].filter(([, count]) => count === most).map(([answer]) => answer);
  return winners.includes('1') ? 1 / winners.length : 0;
}

function meanOverSubsets(m: number, n: number, worth: (subset: readonly number[]) => number): number {
  return mean([...allSubsets(m, n)].length ? Array.from(allSubsets(m, n), (subset) => worth([...subset])) : [0]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
