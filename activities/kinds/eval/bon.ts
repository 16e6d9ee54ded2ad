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
    const scored = await readScored<CandidateRow>(dependencies, work);
    const rows = scored.rows.map(({ question, ordinal, text, answer, correct, scores: [score = Number.NaN] }) => ({
      question,
      ordinal,
      text,
      answer,
      correct,
      score,
    }));
    const metrics = await evaluateInThread('eval/bon', { n: work.node.settings.n, rows, counts: scored.counts });
    return { out: await collectMetrics(dependencies, metrics, scored) };
  },
};
