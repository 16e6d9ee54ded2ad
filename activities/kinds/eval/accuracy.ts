import { collectMetrics, readPair } from '../../process/collect.ts';
import { scoring } from '../../process/scoring.ts';
import type { ProcessKind } from '../kind.ts';

/** Scores both sides of held-out pairs. */
export const evalAccuracy: ProcessKind<'eval/accuracy'> = {
  ...scoring,
  async collect(dependencies, work) {
    return { out: await collectMetrics(dependencies, work, { evaluator: 'eval/accuracy', options: {}, read: readPair }) };
  },
};
