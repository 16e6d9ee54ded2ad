import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { dataFiles, drawPairsSettings, keptItems, publishedFolder, testPairsSetting } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** The LogiQA 2.0 dataset as pairs and as questions with four options (paper, appendix D.2). */
export const datasetLogiqa2 = defineKind({
  kind: 'dataset/logiqa2',
  version: 3,
  shape: 'step',
  description:
    'Reads LogiQA 2.0: pairs of the right and a wrong option to train on, questions with their four options to measure with, and the same with lettered options for a solver.',
  inputs: {},
  outputs: { train: 'pairs', test: 'pairs', choices: 'choices', train_questions: 'questions', test_questions: 'questions' },
  promptFormat: 'passage-question-answer',
  models: {},
  sources: publishedFolder('logiqa2'),
  settings: Type.Object({ test_pairs: testPairsSetting, ...drawPairsSettings }, closed),
  files: () => dataFiles('**/*_zh*', '**/logiqa2nli/**', '**/ood*'),
  sampled: sampledAtMost('take'),
  items: ({ test_pairs, take }) => ({
    train: keptItems(take, 3 * 12_567),
    test: test_pairs === 'all' ? 3 * 1_572 : 1_572,
    choices: 1_572,
    train_questions: 12_567,
    test_questions: 1_572,
  }),
});
