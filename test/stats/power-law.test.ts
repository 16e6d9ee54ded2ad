import { describe, expect, test } from 'vitest';
import { createRandom, fitPowerLaw } from '../../stats/index.ts';

const sizes = Array.from({ length: 14 }, (_, index) => 500 * 2 ** (index / 2));

/** Points on 0.8 − 5·x^−0.5 with noise of a standard deviation, each with the interval that belongs to it. */
function points(deviation: number, random: () => number) {
  return sizes.map((x) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const value = 0.8 - 5 * x ** -0.5 + deviation * normal;
    return { x, value, interval: [value - 1.96 * deviation, value + 1.96 * deviation] as const };
  });
}

describe('a power law with offset', () => {
  test('is found where there is one', () => {
    const fit = fitPowerLaw(points(1e-7, createRandom(1)));
    if (fit.kind !== 'fitted') throw new Error(fit.reason);
    expect(fit.law.limit).toBeCloseTo(0.8, 4);
    expect(fit.law.factor).toBeCloseTo(5, 2);
    expect(fit.law.exponent).toBeCloseTo(0.5, 4);
    for (const { residual } of fit.law.residuals) expect(Math.abs(residual)).toBeLessThan(1e-6);
  });

  test('is drawn within the measured range and no further', () => {
    const fit = fitPowerLaw(points(0.002, createRandom(2)));
    if (fit.kind !== 'fitted') throw new Error(fit.reason);
    const { band, from, to } = fit.law;
    expect([from, to]).toEqual([sizes[0], sizes.at(-1)]);
    expect([band[0]?.x, band.at(-1)?.x]).toEqual([from, to]);
    for (const { value, low, high } of band) expect(low < value && value < high).toBe(true);
  });

  test('has a band that holds the true curve in 95 % of the cases', () => {
    const random = createRandom(3);
    let [inside, all] = [0, 0];
    for (let round = 0; round < 300; round += 1) {
      const fit = fitPowerLaw(points(0.004, random));
      if (fit.kind !== 'fitted') continue;
      all += fit.law.band.length;
      inside += fit.law.band.filter(({ x, low, high }) => low <= 0.8 - 5 * x ** -0.5 && 0.8 - 5 * x ** -0.5 <= high).length;
    }
    expect(all).toBeGreaterThan(250 * 41);
    expect(inside / all).toBeGreaterThan(0.93);
    expect(inside / all).toBeLessThan(0.985);
  });

  test('takes the spread of points without intervals from their residuals', () => {
    const bare = points(0.003, createRandom(4)).map(({ x, value }) => ({ x, value, interval: null }));
    const fit = fitPowerLaw(bare);
    if (fit.kind !== 'fitted') throw new Error(fit.reason);
    const widest = Math.max(...fit.law.band.map(({ low, high }) => high - low));
    expect(widest).toBeGreaterThan(0.002);
    expect(widest).toBeLessThan(0.03);
  });

  test.each([
    ['too few sizes', sizes.slice(0, 5).map((x) => ({ x, value: Math.log(x), interval: null })), 'it needs 6 sizes and has 5'],
    ['points on a straight line', sizes.map((x) => ({ x, value: x / 1e5, interval: null })), 'the points do not bend enough to tell where the curve leads'],
    ['a size of 0', [0, ...sizes].map((x) => ({ x, value: 1, interval: null })), 'sizes are not all above 0'],
  ])('is not drawn through %s', (_case, given, reason) => {
    expect(fitPowerLaw(given)).toEqual({ kind: 'none', reason });
  });
});
