import { Type } from '@sinclair/typebox';
import { closed, choice } from '../../fields.ts';
import { dataFiles, drawPairsSettings, keptItems, publishedFolder, testPairsSetting } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** The MathShepherd dataset as pairs (paper, appendix D.1). */
export const datasetMathShepherd = defineKind({
  kind: 'dataset/math-shepherd',
  version: 3,
  shape: 'step',
  description: 'Reads MathShepherd and pairs right with wrong solutions of a question.',
  inputs: {},
  outputs: { train: 'pairs', test: 'pairs' },
  promptFormat: 'question-answer',
  models: {},
  sources: publishedFolder('math-shepherd'),
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
      test_pairs: testPairsSetting,
      ...drawPairsSettings,
    },
    closed,
  ),
  files: () => dataFiles(),
  sampled: sampledAtMost('take'),
  items: ({ pairs, test_pairs, take }) => ({
    train: keptItems(take, pairs === 'all' ? 800_000 : 40_000),
    test: test_pairs === 'all' ? 88_000 : 4_300,
  }),
});
