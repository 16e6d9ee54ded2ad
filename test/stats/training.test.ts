import { describe, expect, test } from 'vitest';
import { compareFolds, decideClaim, estimateFold } from '../../stats/index.ts';
import type { MeasuredValues } from '../../stats/index.ts';
import { createDraws, trainedSides } from './rig.ts';

const measured = (values: number[]): MeasuredValues => ({ kind: 'values', items: 'a', values });

/** Share of simulated sweeps in which a claim that one side is better is decided. */
function decidedRate(
  setting: Parameters<typeof trainedSides>[1],
  { rounds, target }: { rounds: number; target: 'method' | 'models' },
): number {
  const draws = createDraws(setting.items + setting.seeds);
  let decided = 0;
  for (let round = 0; round < rounds; round += 1) {
    const [ours = [], theirs = []] = trainedSides(draws, setting).map((side) => side.map(measured));
    const comparisons = [{ of: { of: [ours] }, to: { of: [theirs] } }];
    if (decideClaim({ relation: 'above', margin: 0, confidence: 0.95, target, comparisons }).outcome !== 'undecided') decided += 1;
  }
  return decided / rounds;
}

describe('a claim about the method, where trainings differ', () => {
  /** The rate that a simulation of so many rounds exceeds once in a thousand times, where 5 % is true. */
  const allowed = (rounds: number): number => 0.05 + 3.1 * Math.sqrt((0.05 * 0.95) / rounds);

  test.each([
    [400, 0, 3, 400], [400, 1, 3, 400], [400, 2, 3, 400], [400, 2, 5, 400], [1319, 1, 3, 200], [1319, 2, 5, 200],
  ])('is wrong at most as often as it says: %d items, seeds of sd %d points, %d a side', (items, spread, seeds, rounds) => {
    const rate = decidedRate({ items, spread, seeds, difference: 0 }, { rounds, target: 'method' });
    expect(rate).toBeLessThanOrEqual(allowed(rounds));
  });

  test('would be wrong far more often if its models were taken for the method', () => {
    expect(decidedRate({ items: 1319, spread: 2, seeds: 3, difference: 0 }, { rounds: 100, target: 'models' })).toBeGreaterThan(0.2);
  });

  test('is never decided with one seed a side', () => {
    expect(decidedRate({ items: 400, spread: 1, seeds: 1, difference: 20 }, { rounds: 50, target: 'method' })).toBe(0);
  });

  test('is decided where the difference is as large as the paper’s', () => {
    expect(decidedRate({ items: 1319, spread: 1, seeds: 3, difference: 9.6 }, { rounds: 60, target: 'method' })).toBeGreaterThan(0.95);
  });
});

describe('a value folded over seeds', () => {
  const [ours = [], theirs = []] = trainedSides(createDraws(8), { items: 500, spread: 2, seeds: 3, difference: 4 });

  test('has the values of its seeds, and an interval over items and seeds that is wider than that of one model', () => {
    const fold = estimateFold({ seeds: ours.map(measured) });
    const alone = estimateFold({ seeds: [measured(ours[0] ?? [])] });
    expect(fold).toMatchObject({ n: 500, clusters: 500, method: 'two-way', target: 'method' });
    expect(fold.seeds).toEqual(ours.map((values) => values.reduce((sum, each) => sum + each, 0) / 500));
    expect(fold.value).toBeCloseTo(fold.seeds.reduce((sum, each) => sum + each, 0) / 3, 12);
    expect(alone).toMatchObject({ n: 500, seeds: [fold.seeds[0]], method: 'agresti-coull', target: 'models' });
  });

  test('of seeds that agree is hardly wider than that of one', () => {
    const values = ours[0] ?? [];
    const [once, thrice] = [1, 3].map((k) => estimateFold({ seeds: Array.from({ length: k }, () => measured(values)) }));
    const width = (interval: [number, number] | null | undefined): number => (interval ? interval[1] - interval[0] : 0);
    expect(width(thrice?.interval) / width(once?.interval)).toBeCloseTo(1, 2);
  });

  test('is compared item by item, and says whether it speaks of the method', () => {
    const sides = [{ seeds: ours.map(measured) }, { seeds: theirs.map(measured) }] as const;
    const found = compareFolds(...sides);
    expect(found).toMatchObject({ n: 500, isPaired: true, target: 'method' });
    expect(compareFolds({ seeds: ours.slice(0, 1).map(measured) }, sides[1])).toMatchObject({ target: 'models' });
    const [low, high] = found.interval ?? [0, 0];
    expect(low > 0 || high < 0).toBe((found.p ?? 1) < 0.05);
  });

  test('has no value, and the reason, where a seed was not measured', () => {
    const lost: MeasuredValues = { kind: 'missing', reason: 'rm failed' };
    expect(estimateFold({ seeds: [measured([1, 0]), lost] })).toMatchObject({ value: null, reason: 'rm failed' });
    expect(estimateFold({ seeds: [] })).toMatchObject({ value: null, reason: 'nothing was measured' });
  });
});
