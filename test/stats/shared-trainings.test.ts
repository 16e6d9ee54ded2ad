import { describe, expect, test } from 'vitest';
import { compareFolds, decideClaim } from '../../stats/index.ts';
import type { MeasuredSide, MeasuredValues } from '../../stats/index.ts';
import { createDraws, studies } from './rig.ts';

const [items, spread] = [400, 0.03];

/** Shares of simulated studies in which a claim over training that one side is better is decided, and in which it fails. */
function rates(
  study: keyof typeof studies,
  { rounds, seeds = 3, difference = 0 }: { rounds: number; seeds?: number; difference?: number },
): { decided: number; fails: number } {
  const draws = createDraws(rounds + seeds);
  const outcomes = Array.from({ length: rounds }, () => {
    const [of, to] = studies[study](draws, { items, spread, seeds, difference });
    return decideClaim({ relation: 'above', margin: 0, confidence: 0.95, target: 'method', comparisons: [{ of, to }] }).outcome;
  });
  const share = (outcome: string): number => outcomes.filter((each) => each === outcome).length / rounds;
  return { decided: 1 - share('undecided'), fails: share('fails') };
}

/** The rate that a simulation of so many rounds exceeds once in a thousand times, where 5 % is true. */
const allowed = (rounds: number): number => 0.05 + 3.1 * Math.sqrt((0.05 * 0.95) / rounds);

describe('a claim over training without a true difference is wrong at most as often as it says', () => {
  test.each([
    ['each model is measured on four sets', 300, 3],
    ['each model is measured on eight sets', 150, 3],
    ['each set has models of its own', 300, 3],
    ['models stand on both sides', 1000, 5],
    ['sizes start from pretrainings that they share', 300, 3],
    ['the same models are compared under two conditions', 300, 3],
    ['some models are measured on fewer sets', 300, 3],
  ] as const)('where %s', (study, rounds, seeds) => {
    expect(rates(study, { rounds, seeds }).decided).toBeLessThanOrEqual(allowed(rounds));
  });
});

test('a difference that every training has is found, however much they differ themselves, where both sides are the same models', () => {
  expect(rates('every model changes alike', { rounds: 100, difference: -0.06 }).fails).toBeGreaterThan(0.95);
});

describe('the trainings of a cell', () => {
  test('are told apart by the first that not all rest on, which changes nothing where each is in one cell', () => {
    const [ours, theirs] = [models([0.9, 0.8]), models([0.7, 0.5], 'b')];
    const apart = compareFolds({ seeds: ours.of[0]! }, { seeds: theirs.of[0]! });
    const bare = ([seeds = []]: MeasuredSide['of']): MeasuredValues[] =>
      seeds.flatMap((each) => (each.kind === 'values' ? [{ kind: 'values', items: each.items, values: each.values }] : []));
    expect(apart).toEqual(compareFolds({ seeds: bare(ours.of) }, { seeds: bare(theirs.of) }));
  });

  test('are one where all rest on the same: nothing is known of others then', () => {
    const [of, to] = [models([0.9, 0.8], 'a', ['rm', 'rm']), models([0.5, 0.4], 'b')];
    const claim = { relation: 'above', margin: 0, confidence: 0.95, target: 'method' } as const;
    const [found] = decideClaim({ ...claim, comparisons: [{ of, to }] }).comparisons;
    expect(found).toMatchObject({ outcome: 'undecided', compared: { target: 'models' } });
    expect(found?.reason).toMatch(/^a side has one training/);
  });
});

/** A cell of models that are right on these shares of 200 items. */
function models(shares: number[], name = 'a', trainings = shares.map((_, seed) => `${name} ${seed}`)): MeasuredSide {
  const values = (share: number): number[] => Array.from({ length: 200 }, (_, item) => (item < share * 200 ? 1 : 0));
  const measured = shares.map((share, seed): MeasuredValues => {
    const own = { values: values(share), trainings: ['pmp', trainings[seed] ?? ''] };
    return { kind: 'values', items: 's', ...own };
  });
  return { of: [measured] };
}
