import { evaluateBon } from '../../../stats/index.ts';
import { collectMetrics, readScored } from '../../process/collect.ts';
import { python, scoreConfig } from '../../process/programs.ts';
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
  shape: 'process',
  program: async (dependencies, work) => python(dependencies, 'score.py', await scoreConfig(dependencies, work, 'candidates')),
  async collect(dependencies, work) {
    const { rows, scores } = await readScored<CandidateRow>(dependencies, work, 'candidates');
    const place = (question: unknown, ordinal: unknown) => `${Number(question)}/${Number(ordinal)}`;
    const byPlace = new Map(scores.map((score) => [place(score['question'], score['ordinal']), Number(score['score'])]));
    const scored = rows.map((row) => ({ ...row, score: byPlace.get(place(row.question, row.ordinal)) ?? Number.NaN }));
    return { out: await collectMetrics(dependencies, work.result, evaluateBon({ n: work.node.settings.n, rows: scored })) };
  },
};
