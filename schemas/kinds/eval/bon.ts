import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { defineKind } from '../kind.ts';

/** Best-of-N by a reward model. */
export const evalBon = defineKind({
  kind: 'eval/bon',
  version: 1,
  shape: 'process',
  description: 'Accuracy when a reward model picks the best of n solutions, over all subsets, beside its baselines.',
  inputs: {
    model: { description: 'Reward model that picks.', types: ['checkpoint'] },
    candidates: { description: 'Graded solutions.', types: ['graded'] },
  },
  outputs: { out: 'metrics' },
  models: {},
  sources: {},
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
});
