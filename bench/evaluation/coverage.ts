/**
 * How often intervals hold the truth, and how often claims decide wrongly, by simulation: at least 93 % everywhere and at most
 * 97 % from 100 items; wrong decisions in at most 5 %, give or take what chance does to a simulation. Takes about ten minutes on
 * one core.
 */
import { decideClaim, estimateMean } from '../../stats/index.ts';
import type { MeasuredSide, MeasuredValues } from '../../stats/index.ts';
import { createDraws, populations, studies, trainedSides } from '../../test/stats/rig.ts';
import type { Draws } from '../../test/stats/rig.ts';

const rounds = 4000;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(7);

/** Share of rounds in which something happens. */
function rateOf(seed: number, many: number, happens: (draws: Draws) => boolean): number {
  const draws = createDraws(seed);
  let count = 0;
  for (let round = 0; round < many; round += 1) if (happens(draws)) count += 1;
  return count / many;
}

function check(text: string, rate: number, [least, most]: [number, number]): void {
  const chance = 3 * Math.sqrt((rate * (1 - rate)) / rounds);
  const isMet = rate >= least - chance && rate <= most + chance;
  console.log(`${percent(rate)}  ${text}${isMet ? '' : '  MISSED'}`);
  if (!isMet) process.exitCode = 1;
}

console.log('intervals that hold the truth, 95 % stated');
for (const [name, draw] of Object.entries(populations))
  for (const n of [20, 100, 400])
    for (const share of [0.05, 0.5, 0.95]) {
      const rate = rateOf(n + share, rounds, (draws) => {
        const [low, high] = estimateMean(draw(draws, share, n)).interval ?? [1, 0];
        return low <= share && share <= high;
      });
      check(`${name}, n ${n}, mean ${share}`, rate, [0.93, n >= 100 ? 0.97 : 1]);
    }

/** A claim that one side is better than another. */
function isDecided(of: MeasuredSide, to: MeasuredSide, target: 'method' | 'models'): boolean {
  const comparisons = [{ of, to }];
  return decideClaim({ relation: 'above', margin: 0, confidence: 0.95, target, comparisons }).outcome !== 'undecided';
}

console.log('\nclaims that are decided though there is no difference, at most 5 % stated');
for (const [name, draw] of Object.entries(populations))
  for (const n of [20, 100, 400]) {
    const rate = rateOf(n, rounds, (draws) => {
      const [{ values, clusters }, second] = [draw(draws, 0.5, n), draw(draws, 0.5, n)];
      const measured = (own: number[]): MeasuredValues => ({ kind: 'values', items: 'a', values: own, ...(clusters && { clusters }) });
      return isDecided({ of: [[measured(values)]] }, { of: [[measured(second.values)]] }, 'models');
    });
    check(`these models, ${name}, n ${n}`, rate, [0, 0.055]);
  }

/** Two sides of one cell each. */
function trained(draws: Draws, setting: Parameters<typeof trainedSides>[1]): [of: MeasuredSide, to: MeasuredSide] {
  const cell = (side: number[][]): MeasuredSide => ({ of: [side.map((values) => ({ kind: 'values', items: 'a', values }))] });
  const [ours = [], theirs = []] = trainedSides(draws, setting);
  return [cell(ours), cell(theirs)];
}

const trainings = [0, 1, 2].flatMap((spread) => [1, 3, 5].flatMap((seeds) => [400, 1319].map((items) => ({ spread, seeds, items }))));
for (const { spread, seeds, items } of trainings) {
  const rate = rateOf(items + seeds, 1000, (draws) => {
    return isDecided(...trained(draws, { items, seeds, spread, difference: 0 }), 'method');
  });
  check(`the method, ${items} items, ${seeds} seeds a side, sd ${spread} points`, rate, [0, 0.05]);
}

for (const [name, study] of Object.entries(studies)) {
  const rate = rateOf(name.length, 1000, (draws) => {
    const [of, to] = study(draws, { items: 1000, seeds: 3, spread: 0.03, difference: 0 });
    return isDecided(of, to, 'method');
  });
  check(`the method, 1,000 items, 3 seeds, sd 3 points: ${name}`, rate, [0, 0.05]);
}

console.log('\nclaims that hold where one method is better');
for (const [items, spread, seeds, difference] of [[1319, 1, 3, 5], [1319, 1, 3, 9.6], [1319, 1, 5, 3], [500, 1, 3, 4.8]] as const) {
  const rate = rateOf(items + difference, 400, (draws) => {
    return isDecided(...trained(draws, { items, seeds, spread, difference }), 'method');
  });
  console.log(`${percent(rate)}  ${difference} points, ${items} items, ${seeds} seeds a side, sd ${spread} points`);
}
