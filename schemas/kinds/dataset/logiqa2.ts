import { Type } from '@sinclair/typebox';
import { closed, orNull } from '../../fields.ts';
import { atMost, defineKind } from '../kind.ts';

/** The LogiQA 2.0 dataset as pairs and as questions with four options (paper, appendix D.2). */
export const datasetLogiqa2 = defineKind({
  kind: 'dataset/logiqa2',
  version: 1,
  shape: 'step',
  runnable: false,
  sampled: atMost('take'),
  description: 'Reads LogiQA 2.0: pairs of the right and a wrong option to train on, and questions with their four options to measure with.',
  inputs: {},
  outputs: { train: 'pairs', test: 'pairs', choices: 'choices' },
  models: {},
  sources: { source: { description: 'Name of the folder of its published files, under `sources` of the configuration.', default: 'logiqa2' } },
  settings: Type.Object(
    {
      take: orNull('integer', {
        description: 'Pairs to train on, drawn by the seed after the split; null: all. The test set is the same in any case.',
        minimum: 1,
        default: null,
        examples: [40_000],
      }),
      seed: Type.Integer({ description: 'Seed of the draw.', minimum: 0, default: 1, examples: [1] }),
    },
    closed,
  ),
});
