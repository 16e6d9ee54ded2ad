import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  auc,
  aucOfPairs,
  bootstrapInterval,
  clusterMean,
  createRandom,
  holm,
  mcnemar,
  pairedMeans,
  pairedShares,
  share,
  wilson,
} from '../../stats/index.ts';

describe('the interval of a share', () => {
  test('has the textbook values of Wilson', () => {
    expect(wilson(8, 10)).toEqual([expect.closeTo(0.4902, 4), expect.closeTo(0.9433, 4)]);
    expect(wilson(0, 10)).toEqual([0, expect.closeTo(0.2775, 4)]);
  });

  test('holds the share, stays within 0 and 1 and narrows with n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, part) => {
        const [low, high] = wilson(part * n, n) ?? [1, 0];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(part + 1e-12);
        expect(high).toBeGreaterThanOrEqual(part - 1e-12);
        const [lower, higher] = wilson(part * n * 4, n * 4) ?? [0, 1];
        expect(higher - lower).toBeLessThan(high - low);
      }),
    );
  });

  test('is absent, like the value, without items', () => {
    expect(share(0, 0)).toEqual({ n: 0, value: null, interval: null, method: 'wilson' });
  });
});

describe('the bootstrap', () => {
  test('is the same for the same seed and near the normal interval', () => {
    const random = createRandom(11);
    const values = Array.from({ length: 400 }, () => (random() < 0.7 ? 1 : 0));
    const once = bootstrapInterval({ values });
    expect(bootstrapInterval({ values })).toEqual(once);
    const part = values.reduce<number>((sum, value) => sum + value, 0) / 400;
    const half = 1.96 * Math.sqrt((part * (1 - part)) / 400);
    expect(once?.[0]).toBeCloseTo(part - half, 1);
    expect(once?.[1]).toBeCloseTo(part + half, 1);
  });

  test('does not claim certainty where all questions agree', () => {
    const { interval, method } = clusterMean({ values: [1, 1, 1, 1] });
    expect(method).toBe('wilson');
    expect(interval?.[0]).toBeLessThan(0.6);
  });
});

describe('the area under the curve', () => {
  test('equals counting all combinations, ties one half', () => {
    const list = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(list, list, (positives, negatives) => {
        let wins = 0;
        for (const ours of positives) for (const theirs of negatives) wins += ours > theirs ? 1 : ours === theirs ? 0.5 : 0;
        expect(auc(positives, negatives)).toBeCloseTo(wins / (positives.length * negatives.length), 10);
      }),
    );
  });

  test('of pairs carries an interval around one half when there is nothing to see', () => {
    const random = createRandom(5);
    const { value, interval } = aucOfPairs(Array.from({ length: 500 }, () => [random(), random()] as const));
    expect(interval?.[0]).toBeLessThan(0.5);
    expect(interval?.[1]).toBeGreaterThan(0.5);
    expect(value).toBeCloseTo(0.5, 1);
  });
});

describe('paired tests', () => {
  test('McNemar is the exact two-sided sign test of the discordant items', () => {
    expect(mcnemar(0, 0)).toBe(1);
    expect(mcnemar(5, 0)).toBeCloseTo(2 / 32, 10);
    expect(mcnemar(8, 2)).toBeCloseTo((2 * (1 + 10 + 45)) / 1024, 10);
  });

  test('swapping the two sides mirrors the difference and keeps the p value', () => {
    const outcomes = fc.array(fc.constantFrom('11', '10', '01', '00', '1t', 't0'), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(outcomes, (items) => {
        const [first, second] = [items.map((item) => item[0]).join(''), items.map((item) => item[1]).join('')];
        const [there, back] = [pairedShares(first, second), pairedShares(second, first)];
        expect(back?.difference).toBeCloseTo(-(there?.difference ?? 0), 10);
        expect(back?.p).toBeCloseTo(there?.p ?? 0, 10);
        expect(back?.interval[0]).toBeCloseTo(-(there?.interval[1] ?? 0), 10);
        expect(there?.interval[0]).toBeLessThanOrEqual((there?.difference ?? 0) + 1e-12);
        expect(there?.interval[1]).toBeGreaterThanOrEqual((there?.difference ?? 0) - 1e-12);
      }),
    );
  });

  test('two equal models differ by nothing, with an interval that still has a width', () => {
    const equal = pairedShares('1101', '1101');
    expect(equal).toMatchObject({ difference: 0, p: 1, first_only: 0, second_only: 0 });
    expect(equal?.interval[1]).toBeGreaterThan(0);
    const means = pairedMeans([0.5, 1], [0.5, 1]);
    expect(means).toMatchObject({ difference: 0, p: 1 });
    expect(means?.interval[1]).toBeGreaterThan(0.5);
  });

  test('sign flips are counted exactly for few questions', () => {
    expect(pairedMeans([1, 1, 1, 1], [0, 0, 0, 0])?.p).toBeCloseTo(2 / 16, 10);
  });

  test('Holm multiplies the smallest p by the number of tests and never lets a later one be smaller', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holm([])).toEqual([]);
  });
});
