import { evaluateBon } from '../../../stats/index.ts';
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
    const rows = scored.rows.map(({ scores: [score = Number.NaN], ...row }) => ({ ...row, score }));
    const { n } = work.node.settings;
    return { out: await collectMetrics(dependencies, evaluateBon({ n, rows, counts: scored.counts }), scored) };
  },
};
