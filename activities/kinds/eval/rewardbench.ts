import { evaluateInThread } from '../../../stats/index.ts';
import { collectMetrics } from '../../process/collect.ts';
import { readScoredPairs, scoring } from '../../process/scoring.ts';
import type { ProcessKind } from '../kind.ts';

/** Scores both sides of the pairs of RewardBench. */
export const evalRewardbench: ProcessKind<'eval/rewardbench'> = {
  ...scoring,
  async collect(dependencies, work) {
    const scored = await readScoredPairs(dependencies, work);
    return { out: await collectMetrics(dependencies, await evaluateInThread('eval/rewardbench', scored), scored) };
  },
};
