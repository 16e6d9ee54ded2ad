import { evaluateInThread } from '../../../stats/index.ts';
import { collectMetrics } from '../../process/collect.ts';
import { readScoredPairs, scoring } from '../../process/scoring.ts';
import type { ProcessKind } from '../kind.ts';

/** Scores both sides of held-out pairs. */
export const evalAccuracy: ProcessKind<'eval/accuracy'> = {
  ...scoring,
  async collect(dependencies, work) {
    const scored = await readScoredPairs(dependencies, work);
    return { out: await collectMetrics(dependencies, await evaluateInThread('eval/accuracy', scored), scored) };
  },
};
