import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom, decideClaim } from '../../../stats/index.ts';
import type { ClaimQuestion, MeasuredValues } from '../../../stats/index.ts';

type Comparison = ClaimQuestion['comparisons'][number];

const above = { relation: 'above', margin: 0, confidence: 0.95, target: 'models' } as const;

function side(values: number[], items = 'same'): MeasuredValues {
  return { kind: 'values', items, values };
}

/** Two sides of 1,000 shared items, of which so many are right on one side alone. */
function differing(ours: number, theirs: number): Comparison {
  const values = (alone: number, first: number): number[] =>
    Array.from({ length: 1000 }, (_, index) => (index >= first && index < first + alone ? 1 : 0));
  return { of: { of: [[side(values(ours, 0))]] }, to: { of: [[side(values(theirs, ours))]] } };
}

const outcomesOf = (question: ClaimQuestion): string[] => decideClaim(question).comparisons.map(({ outcome }) => outcome);

describe('a claim of several comparisons', () => {
  test('holds where each of them does, at the confidence of one', () => {
    const barely = differing(6, 0);
    expect(decideClaim({ ...above, comparisons: [barely] }).outcome).toBe('holds');
    expect(decideClaim({ ...above, comparisons: Array.from({ length: 50 }, () => barely) }).outcome).toBe('holds');
  });

  test('is undecided where one of them is', () => {
    expect(decideClaim({ ...above, comparisons: [differing(60, 0), differing(5, 0), differing(60, 0)] })).toMatchObject({
      outcome: 'undecided',
      comparisons: [{ outcome: 'holds' }, { outcome: 'undecided', reason: 'the interval includes 0' }, { outcome: 'holds' }],
    });
    const missing: Comparison = { of: { of: [[{ kind: 'missing', reason: 'rm failed' }]] }, to: 0.5 };
    expect(decideClaim({ ...above, comparisons: [differing(60, 0), missing] })).toMatchObject({
      outcome: 'undecided',
      comparisons: [{}, { compared: null, reason: 'rm failed' }],
    });
  });

  test('fails where one of them fails at the confidence of all together', () => {
    const [good, bad, worse] = [differing(60, 0), differing(0, 6), differing(0, 30)];
    expect(decideClaim({ ...above, comparisons: [bad] }).outcome).toBe('fails');
    expect(decideClaim({ ...above, comparisons: [good, bad, good, good] })).toMatchObject({
      outcome: 'undecided',
      comparisons: [{}, { outcome: 'undecided', reason: 'it fails by itself, which can be chance among 4 comparisons' }, {}, {}],
    });
    expect(decideClaim({ ...above, comparisons: [good, worse, good, good] }).outcome).toBe('fails');
  });

  test('shows the interval of each at the confidence of the claim', () => {
    const [alone] = decideClaim({ ...above, comparisons: [differing(9, 3)] }).comparisons;
    const [first, second] = decideClaim({ ...above, comparisons: [differing(9, 3), differing(0, 30)] }).comparisons;
    expect(first?.interval).toEqual(alone?.interval);
    expect(second?.outcome).toBe('fails');
  });

  test('never fails by more comparisons than by fewer, and holds by no more', () => {
    const counts = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 })), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(counts, (pairs) => {
        const comparisons = pairs.map(([ours, theirs]) => differing(ours, theirs));
        const together = outcomesOf({ ...above, comparisons });
        const alone = comparisons.map((each) => decideClaim({ ...above, comparisons: [each] }).outcome);
        for (const [index, outcome] of together.entries()) expect(outcome === 'fails' ? alone[index] : 'fails').toBe('fails');
        expect(together.map((outcome) => outcome === 'holds')).toEqual(alone.map((outcome) => outcome === 'holds'));
      }),
      { numRuns: 40 },
    );
  });
});

describe('near', () => {
  const near = { relation: 'near', margin: 0.02, confidence: 0.95, target: 'models' } as const;
  const outcome = (ours: number, theirs: number) => {
    const [first] = decideClaim({ ...near, comparisons: [differing(ours, theirs)] }).comparisons;
    return [first?.outcome, first?.reason];
  };

  test('holds where the whole interval lies within the margin, on whichever side', () => {
    expect(outcome(10, 10)).toEqual(['holds', undefined]);
    expect(outcome(20, 15)).toEqual(['holds', undefined]);
    expect(outcome(15, 20)).toEqual(['holds', undefined]);
  });

  test('fails where it lies wholly outside, and is undecided in between', () => {
    expect(outcome(60, 10)).toEqual(['fails', undefined]);
    expect(outcome(10, 60)).toEqual(['fails', undefined]);
    expect(outcome(100, 100)).toEqual(['undecided', 'the interval reaches beyond ±0.02']);
  });
});

describe('a side from which another is taken off', () => {
  const values = (...list: number[]): MeasuredValues[][] => [[side(list)]];

  test('is compared item by item where all are measured on the same items', () => {
    const of = { of: values(1, 1, 1, 0), minus: values(0, 0, 1, 0) };
    const to = { of: values(1, 0, 1, 1), minus: values(1, 0, 0, 1) };
    const [found] = decideClaim({ ...above, comparisons: [{ of, to }] }).comparisons;
    expect(found?.compared).toMatchObject({ method: 'paired', of: 0.5, to: 0.25, bound: { value: 0.25, n: 4 } });
    expect(found?.interval?.[0]).toBeLessThan(-0.5);
  });

  test('may be compared with a number, or with what was measured on other items', () => {
    const of = { of: values(1, 1, 1, 0), minus: values(0, 0, 1, 0) };
    const [number] = decideClaim({ ...above, comparisons: [{ of, to: 0.1 }] }).comparisons;
    expect(number?.compared).toMatchObject({ method: 'paired', of: 0.5, bound: { value: 0.4, n: 4 } });
    const [other] = decideClaim({
      ...above,
      comparisons: [{ of, to: { of: [[side([1, 0], 'b')]], minus: [[side([0, 0], 'c')]] } }],
    }).comparisons;
    expect(other?.compared).toMatchObject({ method: 'unpaired', of: 0.5, to: 0.5, bound: { value: 0, n: 2 } });
  });

  test('has twice the reach: the double of a difference has twice its interval', () => {
    const [ours, theirs] = [values(1, 1, 1, 0, 0, 1), values(0, 1, 0, 0, 1, 1)];
    const [once] = decideClaim({ ...above, comparisons: [{ of: { of: ours }, to: { of: theirs } }] }).comparisons;
    const [twice] = decideClaim({
      ...above,
      comparisons: [{ of: { of: ours, minus: theirs }, to: { of: theirs, minus: ours } }],
    }).comparisons;
    expect(twice?.interval?.[0]).toBeCloseTo(2 * (once?.interval?.[0] ?? 0), 12);
    expect(twice?.interval?.[1]).toBeCloseTo(2 * (once?.interval?.[1] ?? 0), 12);
  });
});

describe('wrong decisions of a claim are at most as frequent as its confidence allows', () => {
  const rounds = 1000;

  /** Shares of simulated experiments in which the claim holds, and in which it fails. */
  function rates(draw: (random: () => number) => Omit<ClaimQuestion, 'confidence' | 'target'>): { holds: number; fails: number } {
    const random = createRandom(11);
    const outcomes = Array.from({ length: rounds }, () => decideClaim({ confidence: 0.95, target: 'models', ...draw(random) }).outcome);
    const share = (outcome: string): number => outcomes.filter((each) => each === outcome).length / rounds;
    return { holds: share('holds'), fails: share('fails') };
  }

  /** The rate that a simulation of so many rounds exceeds once in a thousand times, where 2.5 % is true. */
  const allowed = 0.025 + 3.1 * Math.sqrt((0.025 * 0.975) / rounds);
  const draws = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);
  const coin = (random: () => number, share: number): number => (random() < share ? 1 : 0);

  /** Models on the same questions, each right with its share; the questions are of different difficulty. */
  function models(random: () => number, shares: number[], n: number): MeasuredValues[] {
    const hard = draws(n, () => (random() - 0.5) * 0.6);
    return shares.map((share) => side(hard.map((shift) => coin(random, Math.min(1, Math.max(0, share + shift))))));
  }

  function bestOf(random: () => number, shares: number[], n: number): Omit<ClaimQuestion, 'confidence' | 'target'> {
    const [first, ...others] = models(random, shares, n);
    return {
      relation: 'above',
      margin: 0,
      comparisons: others.map((other) => ({ of: { of: first ? [[first]] : [] }, to: { of: [[other]] } })),
    };
  }

  test('the best of six, where all six are alike', () => {
    const { holds, fails } = rates((random) => bestOf(random, [0.5, 0.5, 0.5, 0.5, 0.5, 0.5], 100));
    expect(fails).toBeLessThanOrEqual(allowed);
    expect(holds).toBeLessThanOrEqual(allowed);
  });

  test('the best of six, where one other is as good and the rest are far behind: it holds as often as one comparison would', () => {
    const { holds } = rates((random) => bestOf(random, [0.6, 0.6, 0.3, 0.3, 0.3, 0.3], 200));
    expect(holds).toBeLessThanOrEqual(allowed);
    expect(holds).toBeGreaterThan(0.01);
  });

  test('twelve independent comparisons without a difference: the claim fails seldom', () => {
    const each = (random: () => number): Comparison => {
      const [of, to] = models(random, [0.5, 0.5], 120).map((measured) => ({ of: [[measured]] }));
      return { of: of ?? { of: [] }, to: to ?? { of: [] } };
    };
    const { holds, fails } = rates((random) => ({
      relation: 'above',
      margin: 0,
      comparisons: Array.from({ length: 12 }, () => each(random)),
    }));
    expect(fails).toBeLessThanOrEqual(allowed);
    expect(fails).toBeGreaterThan(0.005);
    expect(holds).toBe(0);
  });

  /** Two sides whose true difference is given, of which a tenth of the items differ besides. */
  function equivalence(random: () => number, difference: number, n: number): Comparison {
    const rows = draws(n, () => random()).map((kind) =>
      kind < 0.05 + difference ? ([1, 0] as const) : kind < 0.1 + difference ? ([0, 1] as const) : ([1, 1] as const),
    );
    return { of: { of: [[side(rows.map(([value]) => value))]] }, to: { of: [[side(rows.map(([, value]) => value))]] } };
  }

  test('near, where the true difference is the margin: it neither holds nor fails more often', () => {
    const { holds, fails } = rates((random) => ({ relation: 'near', margin: 0.05, comparisons: [equivalence(random, 0.05, 600)] }));
    expect(holds).toBeLessThanOrEqual(allowed);
    expect(holds).toBeGreaterThan(0.01);
    expect(fails).toBeLessThanOrEqual(allowed);
  });

  test('near, where there is no difference and items enough: it nearly always holds', () => {
    expect(
      rates((random) => ({ relation: 'near', margin: 0.05, comparisons: [equivalence(random, 0, 900), equivalence(random, 0, 900)] }))
        .holds,
    ).toBeGreaterThan(0.95);
  });

  test('a gain that stays the same', () => {
    const { holds, fails } = rates((random) => {
      const [pmp, base, latePmp, lateBase] = models(random, [0.5, 0.4, 0.7, 0.6], 200).map((each) => [[each]]);
      return {
        relation: 'above',
        margin: 0,
        comparisons: [{ of: { of: pmp ?? [], minus: base ?? [] }, to: { of: latePmp ?? [], minus: lateBase ?? [] } }],
      };
    });
    expect(holds).toBeLessThanOrEqual(allowed);
    expect(fails).toBeLessThanOrEqual(allowed);
  });
});
