import { evaluateAccuracy } from '../../../stats/index.ts';
import { collectMetrics, readScored } from '../../process/collect.ts';
import { python, scoreConfig } from '../../process/programs.ts';
import type { ProcessKind } from '../kind.ts';

interface Pair {
  prompt: string;
  chosen: string;
  rejected: string;
  origin: string;
  kind: string;
  level: string;
}

/** Scores both sides of held-out pairs. */
export const evalAccuracy: ProcessKind<'eval/accuracy'> = {
  shape: 'process',
  program: async (dependencies, work) => python(dependencies, 'score.py', await scoreConfig(dependencies, work, 'pairs')),
  async collect(dependencies, work) {
    const { rows, scores } = await readScored<Pair>(dependencies, work, 'pairs');
    const scored = rows.map(({ prompt, chosen, rejected, origin, kind, level }, index) => ({
      prompt,
      chosen,
      rejected,
      origin,
      kind,
      level,
      chosen_score: Number(scores[index]?.['chosen']),
      rejected_score: Number(scores[index]?.['rejected']),
    }));
    return { out: await collectMetrics(dependencies, work.result, evaluateAccuracy({ rows: scored })) };
  },
};
