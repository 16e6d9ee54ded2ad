import { collectMetrics } from '../../process/collect.ts';
import { scoring } from '../../process/scoring.ts';
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
    const { n } = work.node.settings;
    const read = ({ question, ordinal, text, answer, correct }: CandidateRow, [score = Number.NaN]: number[]) => {
      return { question, ordinal, text, answer, correct, score };
    };
    return { out: await collectMetrics(dependencies, work, { evaluator: 'eval/bon', options: { n }, read }) };
  },
};
