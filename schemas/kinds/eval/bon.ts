import { Type } from '@sinclair/typebox';
import { measuredNames } from '../../../plan/benchmarks.ts';
import { closed } from '../../fields.ts';
import { candidates } from '../candidates.ts';
import { defineKind, settingsAs } from '../kind.ts';

/** Best-of-N by a reward model. */
export const evalBon = defineKind({
  kind: 'eval/bon',
  version: 8,
  shape: 'process',
  description: 'Accuracy when a reward model picks the best of n solutions, over all subsets, beside its baselines.',
  inputs: {
    model: { description: 'Reward model that picks.', types: ['checkpoint'] },
    candidates: { description: 'Graded solutions.', types: ['graded'] },
  },
  outputs: { out: 'metrics' },
  models: {},
  sources: {},
  typicalSeconds: 8,
  measures: measuredNames['eval/bon'],
  scores: { input: 'candidates', texts: 1 },
  settings: Type.Object(
    {
      n: Type.Array(Type.Integer({ minimum: 1, maximum: 4096 }), {
        description: 'Numbers of solutions to pick from; none above the n of the candidates.',
        minItems: 1,
        maxItems: 64,
        default: [1, 2, 4, 8],
        examples: [[1, 2, 4, 8]],
      }),
    },
    closed,
  ),
  sizes: ({ n }) => n,
  check({ n }, step) {
    const samples = step.reads('candidates')?.reads('candidates') ?? null;
    const made = settingsAs(samples, candidates)?.n;
    const largest = Math.max(...n);
    if (!samples || made === undefined || largest <= made) return [];
    return [
      {
        key: 'n',
        message: `${step.name} picks the best of ${largest}, but ${samples.name} makes ${made}`,
        expected: `at most ${made}`,
        got: String(largest),
        hint: `make n of ${samples.name} ${largest}, or leave ${largest} out here`,
      },
    ];
  },
});
