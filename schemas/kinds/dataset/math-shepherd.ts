import { Type } from '@sinclair/typebox';
import { closed, choice, orNull } from '../../fields.ts';
import { atMost, defineKind } from '../kind.ts';

/** The MathShepherd dataset as pairs (paper, appendix D.1). */
export const datasetMathShepherd = defineKind({
  kind: 'dataset/math-shepherd',
  version: 1,
  shape: 'step',
  runnable: false,
  sampled: atMost('take'),
  description: 'Reads MathShepherd and pairs right with wrong solutions of a question.',
  inputs: {},
  outputs: { train: 'pairs', test: 'pairs' },
  models: {},
  sources: { source: { description: 'Name of the folder of its published files, under `sources` of the configuration.', default: 'math-shepherd' } },
  settings: Type.Object(
    {
      pairs: choice(['one', 'all'], {
        description: 'one: a pair for each question (40 thousand); all: every right solution with every wrong one (800 thousand).',
        default: 'one',
        examples: ['all'],
      }),
      split_by: choice(['question', 'row'], {
        description: 'What stays on one side of the split: all pairs of a question, or single rows.',
        default: 'question',
        examples: ['question'],
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
