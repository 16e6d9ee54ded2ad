import { evaluateChoice } from '../../../stats/index.ts';
import { collectMetrics, readScored } from '../../process/collect.ts';
import { python, scoreConfig } from '../../process/programs.ts';
import type { ProcessKind } from '../kind.ts';

interface ChoiceItem {
  question: number;
  prompt: string;
  options: string[];
  label: number;
  passage: string;
}

/** Scores the options of multiple-choice questions. */
export const evalChoice: ProcessKind<'eval/choice'> = {
  shape: 'process',
  program: async (dependencies, work) => python(dependencies, 'score.py', await scoreConfig(dependencies, work, 'choices')),
  async collect(dependencies, work) {
    const { rows, scores } = await readScored<ChoiceItem>(dependencies, work, 'choices');
    const byQuestion = new Map(scores.map((score) => [Number(score['question']), score['scores'] as number[]]));
    const scored = rows.map(({ question, ...row }) => ({ ...row, scores: byQuestion.get(question) ?? [] }));
    return { out: await collectMetrics(dependencies, work.result, evaluateChoice({ rows: scored })) };
  },
};
