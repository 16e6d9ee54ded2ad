import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auc, aucOfPairs, comparePaired, createPairCounts, createRandom, estimateMean, holm, leastDetectable, mcnemar, share } from '../../stats/index.ts';

describe('the interval of a share', () => {
  test('has the textbook values of Agresti and Coull', () => {
    expect(share(8, 10).interval).toEqual([expect.closeTo(0.4794, 4), expect.closeTo(0.9541, 4)]);
    expect(share(0, 10).interval).toEqual([0, expect.closeTo(0.3209, 4)]);
  });

  test('holds the share, stays within 0 and 1 and narrows with n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, part) => {
        const [low, high] = share(part * n, n).interval ?? [1, 0];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(part + 1e-12);
        expect(high).toBeGreaterThanOrEqual(part - 1e-12);
        const [lower, higher] = share(part * n * 4, n * 4).interval ?? [0, 1];
        expect(higher - lower).toBeLessThan(high - low);
      }),
    );
  });

  test('is absent, like the value, without items', () => {
    expect(share(0, 0)).toEqual({ n: 0, value: null, interval: null, method: 'agresti-coull' });
  });

  test('does not claim certainty where all questions agree', () => {
    expect(estimateMean({ values: [1, 1, 1, 1] }).interval?.[0]).toBeLessThan(0.6);
  });

  test('of items in clusters is that of the clusters, each counting with its items', () => {
    const [of, by] = [[1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]];
    expect(estimateMean({ values: of, clusters: by })).toEqual({ ...estimateMean({ values: [1, 0, 1, 1] }), n: 12, clusters: 4 });
  });

  test('of items with weights does not depend on their scale, and an item of no weight is not there', () => {
    const [values, weights] = [[1, 0, 1, 1, 0], [1, 2, 2, 1, 0]];
    const found = estimateMean({ values, weights });
    expect(found).toMatchObject({ n: 4, value: 4 / 6 });
    const scaled = estimateMean({ values, weights: weights.map((each) => each * 7) });
    expect(scaled.interval).toEqual(found.interval?.map((end) => expect.closeTo(end, 12)));
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

  test('of pairs of lengths equals that of all combinations', () => {
    const pairs = fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(pairs, (sides) => {
        const [positives, negatives] = [sides.map(([positive]) => positive), sides.map(([, negative]) => negative)];
        expect(aucOfPairs(createPairCounts(sides)).value).toBeCloseTo(auc(positives, negatives) ?? 0, 10);
      }),
    );
  });

  test('of pairs of long texts is that of all combinations to a thousandth', () => {
    const random = createRandom(6);
    const length = (mean: number) => Math.floor(mean * (0.5 + random()));
    const sides = Array.from({ length: 400 }, (): [number, number] => [length(2100), length(2000)]);
    const exact = auc(sides.map(([chosen]) => chosen), sides.map(([, rejected]) => rejected)) ?? 0;
    expect(Math.abs((aucOfPairs(createPairCounts(sides)).value ?? 0) - exact)).toBeLessThan(0.001);
  });

  test('of pairs carries an interval around one half when there is nothing to see', () => {
    const random = createRandom(5);
    const length = () => Math.floor(random() * 1000);
    const { value, interval } = aucOfPairs(createPairCounts(Array.from({ length: 500 }, () => [length(), length()])));
    expect(interval?.[0]).toBeLessThan(0.5);
    expect(interval?.[1]).toBeGreaterThan(0.5);
    expect(value).toBeCloseTo(0.5, 1);
  });
});

describe('paired tests', () => {
  test('McNemar counts half of the probability of the table itself', () => {
    expect(mcnemar(0, 0)).toBe(1);
    expect(mcnemar(3, 3)).toBe(1);
    expect(mcnemar(5, 0)).toBeCloseTo(1 / 32, 10);
    expect(mcnemar(8, 2)).toBeCloseTo((2 * (1 + 10 + 45 / 2)) / 1024, 10);
  });

  test('swapping the two sides mirrors the difference and keeps the p value', () => {
    const values = fc.array(fc.tuple(fc.constantFrom(0, 0.5, 1), fc.constantFrom(0, 0.5, 1)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, (items) => {
        const [first, second] = [items.map(([value]) => value), items.map(([, value]) => value)];
        const [there, back] = [comparePaired({ first, second }), comparePaired({ first: second, second: first })];
        expect(back?.difference).toBeCloseTo(-(there?.difference ?? 0), 10);
        expect(back?.p).toBeCloseTo(there?.p ?? 0, 10);
        expect(back?.interval[0]).toBeCloseTo(-(there?.interval[1] ?? 0), 10);
        const [low, high] = there?.interval ?? [1, -1];
        expect(low).toBeLessThanOrEqual((there?.difference ?? 0) + 1e-12);
        expect(high).toBeGreaterThanOrEqual((there?.difference ?? 0) - 1e-12);
        expect(low > 0 || high < 0).toBe((there?.p ?? 1) < 0.05);
      }),
    );
  });

  test('two equal models differ by nothing, with an interval that still has a width', () => {
    const equal = comparePaired({ first: [1, 1, 0, 1], second: [1, 1, 0, 1] });
    expect(equal).toMatchObject({ difference: 0, p: 1, first_only: 0, second_only: 0, mcnemar: 1 });
    expect(equal?.interval[1]).toBeGreaterThan(0.4);
    expect(comparePaired({ first: [0.5, 1], second: [0.5, 1] })).toMatchObject({ difference: 0, p: 1, mcnemar: null });
  });

  test('two models whose values differ little on every question have a narrow interval', () => {
    const random = createRandom(4);
    const second = Array.from({ length: 500 }, () => 0.3 + 0.4 * random());
    const first = second.map((value) => value + (random() - 0.5) * 0.17);
    const [low, high] = comparePaired({ first, second })?.interval ?? [-1, 1];
    expect((high - low) / 2).toBeLessThan(1.1 * 1.96 * Math.sqrt(0.17 ** 2 / 12 / 500));
  });

  test('the least difference that shows is 2.8 standard errors', () => {
    const first = [...Array<number>(50).fill(1), ...Array<number>(450).fill(0)];
    const second = [...Array<number>(50).fill(0), ...Array<number>(50).fill(1), ...Array<number>(400).fill(0)];
    expect(leastDetectable(comparePaired({ first, second })?.interval ?? [0, 0])).toBeCloseTo(2.8 * Math.sqrt(0.2 / 500), 3);
  });

  test('Holm multiplies the smallest p by the number of tests and never lets a later one be smaller', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holm([])).toEqual([]);
  });
});
