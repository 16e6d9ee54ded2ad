import { collectMetrics, readPair } from '../../process/collect.ts';
import { scoring } from '../../process/scoring.ts';
import type { ProcessKind } from '../kind.ts';

/** Scores both sides of the pairs of RM-Bench. */
export const evalRmBench: ProcessKind<'eval/rm-bench'> = {
  ...scoring,
  async collect(dependencies, work) {
    return { out: await collectMetrics(dependencies, work, { evaluator: 'eval/rm-bench', options: {}, read: readPair }) };
  },
};
