import { describe, expect, test } from 'vitest';
import { estimateMean } from '../../stats/index.ts';
import { createDraws, populations } from './rig.ts';

const rounds = 1200;

/** How far a rate of so many rounds may stray from the true one once in ten thousand times. */
const slack = 3.7 * Math.sqrt((0.05 * 0.95) / rounds);

describe('the interval of a mean holds the truth in 95 of 100 cases', () => {
  test.each(Object.keys(populations))('%s', (name) => {
    for (const n of [20, 100, 400])
      for (const share of [0.05, 0.5, 0.95]) {
        const draws = createDraws(n + share * 100);
        let held = 0;
        for (let round = 0; round < rounds; round += 1) {
          const [low, high] = estimateMean(populations[name]?.(draws, share, n) ?? { values: [] }).interval ?? [1, 0];
          if (low <= share && share <= high) held += 1;
        }
        const coverage = held / rounds;
        expect(coverage, `n ${n}, share ${share}`).toBeGreaterThan(0.95 - slack);
        if (n >= 100) expect(coverage, `n ${n}, share ${share}`).toBeLessThan(0.97 + slack);
      }
  });
});
