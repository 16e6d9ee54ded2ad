import { Type } from '@sinclair/typebox';
import { closed, orNull } from '../../fields.ts';
import { atMost, defineKind } from '../kind.ts';

/** The dataset CodeUltraFeedback_binarized (paper, appendix D.3). */
export const datasetCodeUltrafeedback = defineKind({
  kind: 'dataset/code-ultrafeedback',
  version: 1,
  shape: 'step',
  runnable: false,
  sampled: atMost('take'),
  description: 'Reads CodeUltraFeedback_binarized and splits it at random.',
  inputs: {},
  outputs: { train: 'pairs', test: 'pairs' },
  models: {},
  sources: { source: { description: 'Name of the folder of its published files, under `sources` of the configuration.', default: 'code-ultrafeedback' } },
  settings: Type.Object(
    {
      test_share: Type.Number({
        description: 'Share of the pairs held out for the test.',
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        default: 0.1,
        examples: [0.1],
      }),
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
