import { evaluateInThread } from '../../../stats/index.ts';
import { collectMetrics } from '../../process/collect.ts';
import { readScored, scoring } from '../../process/scoring.ts';
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
    const scored = await readScored(dependencies, work, (row: ChoiceItem) => row);
    return { out: await collectMetrics(dependencies, await evaluateInThread('eval/choice', scored), scored) };
  },
};
