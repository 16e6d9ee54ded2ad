import { collectMetrics, readPair } from '../../process/collect.ts';
import { scoring } from '../../process/scoring.ts';
import type { ProcessKind } from '../kind.ts';

/** Scores both sides of the pairs of RewardBench. */
export const evalRewardbench: ProcessKind<'eval/rewardbench'> = {
  ...scoring,
  async collect(dependencies, work) {
    return { out: await collectMetrics(dependencies, work, { evaluator: 'eval/rewardbench', options: {}, read: readPair }) };
  },
};
