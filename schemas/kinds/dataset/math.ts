import { Type } from '@sinclair/typebox';
import { closed, orNull } from '../../fields.ts';
import { atMost, defineKind } from '../kind.ts';

/** The MATH problems with their answers. */
export const datasetMath = defineKind({
  kind: 'dataset/math',
  version: 1,
  shape: 'step',
  runnable: false,
  sampled: atMost('take'),
  description: 'Reads the problems of MATH with the answers they are graded by.',
  inputs: {},
  outputs: { train: 'questions', test: 'questions' },
  models: {},
  sources: { source: { description: 'Name of the folder of its published files, under `sources` of the configuration.', default: 'math' } },
  settings: Type.Object(
    {
      take: orNull('integer', {
        description: 'Problems of the training part, drawn by the seed; null: all. The test part is always whole.',
        minimum: 1,
        default: null,
        examples: [1000],
      }),
      seed: Type.Integer({ description: 'Seed of the draw.', minimum: 0, default: 1, examples: [1] }),
    },
    closed,
  ),
});
