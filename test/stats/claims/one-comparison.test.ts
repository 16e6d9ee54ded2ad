import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom, decideClaim, evaluateAccuracy, evaluateBon, measuredValues } from '../../../stats/index.ts';
import type { ClaimQuestion, ComparisonDecision, MeasuredValues, MeasuredSide } from '../../../stats/index.ts';
import { normalPoint } from '../../../stats/quantiles.ts';

const half = { relation: 'above', margin: 0, confidence: 0.95, target: 'models' } as const;

interface OneComparison extends Omit<ClaimQuestion, 'comparisons'> {
  of: MeasuredValues[] | MeasuredSide;
  to: MeasuredValues[] | MeasuredSide | number;
}

/** The decision of a claim with one comparison. */
function decideOne({ of, to, ...sentence }: OneComparison) {
  const sideOf = (side: MeasuredValues[] | MeasuredSide): MeasuredSide => (Array.isArray(side) ? { of: side.map((each) => [each]) } : side);
  const { outcome, comparisons } = decideClaim({
    ...sentence,
    comparisons: [{ of: sideOf(of), to: typeof to === 'number' ? to : sideOf(to) }],
  });
  const [{ compared, interval, reason } = {}]: Partial<ComparisonDecision>[] = comparisons;
  const { bound, ...rest } = compared ?? {};
  return { outcome, ...rest, ...(bound && { interval, difference: bound.value, n: bound.n }), ...(reason !== undefined && { reason }) };
}

function side(values: number[], items = 'same'): MeasuredValues {
  return { kind: 'values', items, values };
}

function repeated(...parts: [value: number, times: number][]): number[] {
  return parts.flatMap(([value, times]) => Array.from({ length: times }, () => value));
}

describe('a decision', () => {
  test('follows the exact McNemar test where few items differ', () => {
    const decide = (first: number, second: number) =>
      decideOne({
        ...half,
        of: [side(repeated([1, first], [0, second], [1, 500 - first], [1, 500 - second]))],
        to: [side(repeated([0, first], [1, second], [1, 500 - first], [1, 500 - second]))],
      });
    expect(decide(5, 0)).toMatchObject({ outcome: 'undecided', reason: 'the interval includes 0', method: 'paired', n: 1000 });
    expect(decide(6, 0).outcome).toBe('holds');
    expect(decide(7, 1).outcome).toBe('undecided');
    expect(decide(8, 1).outcome).toBe('holds');
    expect(decide(1, 8).outcome).toBe('fails');
  });

  test('averages the seeds of a side item by item before it pairs', () => {
    const first = side([1, 1, 0, 1]);
    const second = side([1, 0, 0, 1]);
    const found = decideOne({ ...half, of: [first, second], to: [side([0, 0, 0, 1])] });
    expect(found).toMatchObject({ method: 'paired', of: 0.625, to: 0.25, difference: 0.375, n: 4, outcome: 'undecided' });
  });

  test('does not pair what was measured on other items', () => {
    const values = repeated([1, 80], [0, 20]);
    const ours = [side(values, 'a')];
    expect(decideOne({ ...half, of: ours, to: [side(values, 'b')] }).method).toBe('unpaired');
    const same = decideOne({ ...half, of: ours, to: [side(values, 'a')] });
    expect(same.method).toBe('paired');
    expect(same.outcome).toBe('undecided');
  });

  test('of several sets of items pairs each with itself', () => {
    const of = [side(repeated([1, 90], [0, 10]), 'math'), side(repeated([1, 40], [0, 60]), 'logic')];
    const to = [side(repeated([1, 20], [0, 80]), 'logic'), side(repeated([1, 70], [0, 30]), 'math')];
    expect(decideOne({ ...half, of, to })).toMatchObject({ method: 'paired', n: 200, outcome: 'holds', difference: 0.2 });
  });

  test('leaves out items without a value on some side', () => {
    const of: MeasuredValues = { kind: 'values', items: 'a', values: [1, null, 1, 0] };
    const to: MeasuredValues = { kind: 'values', items: 'a', values: [0, 1, null, 0] };
    expect(decideOne({ ...half, of: [of], to: [to] }).n).toBe(2);
  });

  test('leaves out a set in which no item has a value', () => {
    const empty: MeasuredValues = { kind: 'values', items: 'b', values: [null, null, null] };
    const [ours, theirs] = [side(repeated([1, 90], [0, 10])), side(repeated([1, 20], [0, 80]))];
    const with0 = (...seeds: MeasuredValues[]): MeasuredSide => ({ of: [seeds, seeds.map(() => empty)] });
    for (const [target, seeds] of [['models', 1], ['method', 2]] as const) {
      const [of, to] = [ours, theirs].map((each) => Array.from({ length: seeds }, () => each));
      const found = decideOne({ ...half, target, of: with0(...of!), to: with0(...to!) });
      expect(found).toEqual(decideOne({ ...half, target, of: { of: [of!] }, to: { of: [to!] } }));
      expect(found).toMatchObject({ outcome: 'holds', difference: 0.7, n: 100 });
    }
    expect(decideOne({ ...half, of: [empty], to: [empty] })).toMatchObject({ outcome: 'undecided', reason: 'no item has a value on every side' });
  });

  test('against a number takes the margin into account', () => {
    const of = [side(repeated([1, 700], [0, 300]))];
    const above = (to: number, margin: number) => decideOne({ ...half, of, to, margin });
    expect(above(0.5, 0)).toMatchObject({ outcome: 'holds', method: 'one-sample', n: 1000, of: 0.7, to: 0.5 });
    expect(above(0.5, 0.3).outcome).toBe('fails');
    expect(above(0.5, 0.19)).toMatchObject({ outcome: 'undecided', reason: 'the interval includes the margin' });
    expect(decideOne({ ...half, of, to: 0.5, relation: 'below' }).outcome).toBe('fails');
  });

  test('is undecided, with the reason, where something is missing', () => {
    const to = [side([1])];
    expect(decideOne({ ...half, of: [{ kind: 'missing', reason: 'rm failed' }], to })).toEqual({
      outcome: 'undecided',
      reason: 'rm failed',
    });
    expect(decideOne({ ...half, of: [], to }).reason).toBe('nothing was measured');
    expect(decideOne({ ...half, of: [side([])], to: [side([])] }).reason).toBe('no item has a value on every side');
  });
});

describe('values of metrics', () => {
  test('count a tie as wrong', () => {
    const pair = (chosen_score: number, rejected_score: number) => ({ chosen_score, rejected_score, prompt: 'q', chosen: 'a', rejected: 'b' });
    const metrics = evaluateAccuracy({ rows: [pair(2, 1), pair(1, 1), pair(0, 1)] });
    expect(measuredValues(metrics, { name: 'accuracy', n: null })).toMatchObject({
      kind: 'values',
      values: [1, 0, 0],
      items: metrics.items,
    });
    expect(measuredValues(metrics, { name: 'auc', n: null })).toEqual({ kind: 'missing', reason: 'eval/accuracy measures no auc' });
  });

  test('of Best-of-N are those at the asked n, or the largest', () => {
    const candidate = (question: number, ordinal: number, score: number, correct: boolean) => ({
      question,
      ordinal,
      score,
      correct,
      answer: correct ? '7' : '8',
      text: 'x'.repeat(ordinal),
    });
    const metrics = evaluateBon({
      n: [1, 2],
      rows: [
        candidate(0, 0, 2, true),
        candidate(0, 1, 1, false),
        candidate(1, 0, 2, false),
        candidate(1, 1, 1, false),
        candidate(2, 0, 1, true),
      ],
    });
    const valuesOf = (name: string, n: number | null) => measuredValues(metrics, { name, n });
    expect(valuesOf('accuracy', null)).toEqual({ kind: 'values', items: metrics.items, values: [1, 0, null] });
    expect(valuesOf('accuracy', 1)).toMatchObject({ values: [0.5, 0, null] });
    expect(valuesOf('pass1', 2)).toMatchObject({ values: [0.5, 0, null] });
    expect(valuesOf('longest', 2)).toMatchObject({ values: [0, 0, null] });
    expect(valuesOf('majority', 2)).toMatchObject({ values: [0.5, 0, null] });
    expect(valuesOf('auc', null)).toMatchObject({ values: [1, null, null] });
    expect(valuesOf('accuracy', 8)).toEqual({ kind: 'missing', reason: 'it has no Best-of-8, only 1, 2' });
    expect(valuesOf('oracle', 2)).toEqual({ kind: 'missing', reason: 'eval/bon measures no oracle' });
  });
});

describe('the interval', () => {
  test('uses the textbook points of the normal distribution', () => {
    expect([0.1, 0.05, 0.01, 0.001].map((each) => Number(normalPoint(each).toFixed(4)))).toEqual([1.6449, 1.96, 2.5758, 3.2905]);
  });

  test('holds the difference, turns with the sides, and never decides for and against at once', () => {
    const outcomes = fc.array(fc.tuple(fc.constantFrom(0, 0.5, 1), fc.constantFrom(0, 0.5, 1)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(outcomes, fc.boolean(), fc.double({ min: 0, max: 0.3, noNaN: true }), (rows, sameItems, margin) => {
        const of = [side(rows.map(([value]) => value), 'a')];
        const to = [side(rows.map(([, value]) => value), sameItems ? 'a' : 'b')];
        const there = decideOne({ ...half, of, to, margin });
        const back = decideOne({ ...half, of: to, to: of, margin, relation: 'below' });
        const [low, high] = there.interval ?? [1, 0];
        expect(low).toBeLessThanOrEqual((there.difference ?? 2) + 1e-12);
        expect(high).toBeGreaterThanOrEqual((there.difference ?? -2) - 1e-12);
        expect(back.outcome).toBe(there.outcome);
        const opposite = decideOne({ ...half, of: to, to: of, margin });
        expect([there.outcome, opposite.outcome].filter((each) => each === 'holds').length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('wrong decisions are at most as frequent as 1 − confidence', () => {
  const rounds = 2000;

  /** Share of simulated experiments that are decided although the truth lies exactly on the margin: each of these is wrong. */
  function wrongRate(confidence: number, draw: (random: () => number) => Pick<OneComparison, 'of' | 'to' | 'margin'>): number {
    const random = createRandom(7);
    let wrong = 0;
    for (let round = 0; round < rounds; round += 1)
      if (decideOne({ relation: 'above', target: 'models', confidence, ...draw(random) }).outcome !== 'undecided') wrong += 1;
    return wrong / rounds;
  }

  /** The rate that a simulation of so many rounds exceeds once in a thousand times. */
  const allowed = (confidence: number): number => 1 - confidence + 3.1 * Math.sqrt((confidence * (1 - confidence)) / rounds);
  const coin = (random: () => number, share: number): number => (random() < share ? 1 : 0);
  const draws = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);

  test.each([
    [0.95, 20, 0.5], [0.95, 100, 0.5], [0.95, 100, 0.9], [0.95, 400, 0.97], [0.9, 50, 0.7], [0.99, 200, 0.8],
  ])('against a number: confidence %d, %d items, share %d', (confidence, n, share) => {
    const rate = wrongRate(confidence, (random) => ({ of: [side(draws(n, () => coin(random, share)))], to: share, margin: 0 }));
    expect(rate).toBeLessThanOrEqual(allowed(confidence));
  });

  test.each([
    [0.95, 30, 0.7, 0.5, 0], [0.95, 200, 0.6, 0.1, 0], [0.95, 500, 0.9, 0.04, 0], [0.9, 60, 0.5, 0.4, 0], [0.95, 200, 0.7, 0.2, 0.1],
  ])('paired: confidence %d, %d items, share %d, of which %d differ, margin %d', (confidence, n, share, differing, margin) => {
    const rate = wrongRate(confidence, (random) => {
      const rows = draws(n, () => random()).map((kind) => {
        const both = coin(random, share);
        if (kind < (differing + margin) / 2) return [1, 0] as const;
        return kind < differing ? ([0, 1] as const) : ([both, both] as const);
      });
      return { of: [side(rows.map(([value]) => value))], to: [side(rows.map(([, value]) => value))], margin };
    });
    expect(rate).toBeLessThanOrEqual(allowed(confidence));
  });

  test.each([[0.95, 40], [0.95, 200]])('paired, three seeds a side: confidence %d, %d items', (confidence, n) => {
    const rate = wrongRate(confidence, (random) => {
      const hard = draws(n, () => random());
      const seed = (): MeasuredValues => side(hard.map((share) => coin(random, share)));
      return { of: [seed(), seed(), seed()], to: [seed(), seed(), seed()], margin: 0 };
    });
    expect(rate).toBeLessThanOrEqual(allowed(confidence));
  });

  test.each([
    [0.95, 30, 200, 0.6], [0.95, 100, 100, 0.9], [0.9, 400, 50, 0.8],
  ])('unpaired: confidence %d, %d and %d items, share %d', (confidence, n, m, share) => {
    const rate = wrongRate(confidence, (random) => ({
      of: [side(draws(n, () => coin(random, share)), 'a')],
      to: [side(draws(m, () => coin(random, share)), 'b')],
      margin: 0,
    }));
    expect(rate).toBeLessThanOrEqual(allowed(confidence));
  });

  test('values between 0 and 1, as those of Best-of-N, skewed', () => {
    const rate = wrongRate(0.95, (random) => ({ of: [side(draws(60, () => random() ** 3))], to: 0.25, margin: 0 }));
    expect(rate).toBeLessThanOrEqual(allowed(0.95));
  });

  test('and a large difference is found nearly always', () => {
    const random = createRandom(3);
    const found = draws(200, () => {
      const of = [side(draws(300, () => coin(random, 0.75)), 'a')];
      const to = [side(draws(300, () => coin(random, 0.55)), 'b')];
      return decideOne({ ...half, of, to }).outcome === 'holds' ? 1 : 0;
    });
    expect(found.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(190);
  });
});
