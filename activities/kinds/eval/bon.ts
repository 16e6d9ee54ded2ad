import { evaluateInThread } from '../../../stats/index.ts';
import { collectMetrics } from '../../process/collect.ts';
import { readScored, scoring } from '../../process/scoring.ts';
import type { ProcessKind } from '../kind.ts';

interface CandidateRow {
  question: number;
  ordinal: number;
  text: string;
  answer: string | null;
  correct: boolean;
}

/** Scores graded candidates and picks the best of n. */
export const evalBon: ProcessKind<'eval/bon'> = {
  ...scoring,
  async collect(dependencies, work) {
    const { rows, counts } = await readScored(dependencies, work, (row: CandidateRow, [score = Number.NaN]) => {
      const { question, ordinal, text, answer, correct } = row;
      return { question, ordinal, text, answer, correct, score };
    });
    const metrics = await evaluateInThread('eval/bon', { n: work.node.settings.n, rows, counts });
    return { out: await collectMetrics(dependencies, metrics, { rows }) };
  },
};
