import { collectMetrics } from '../../process/collect.ts';
import { scoring } from '../../process/scoring.ts';
import type { ProcessKind } from '../kind.ts';

interface ChoiceItem {
  prompt: string;
  options: string[];
  label: number;
  passage: string;
}

/** Scores the options of multiple-choice questions. */
export const evalChoice: ProcessKind<'eval/choice'> = {
  ...scoring,
  async collect(dependencies, work) {
    const read = ({ prompt, options, label, passage }: ChoiceItem, scores: number[]) => ({ prompt, options, label, passage, scores });
    return { out: await collectMetrics(dependencies, work, { evaluator: 'eval/choice', options: {}, read }) };
  },
};
