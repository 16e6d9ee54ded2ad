import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { dataFiles, drawPairsSettings, keptItems, publishedFolder, testPairsSetting } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** The ReClor dataset as pairs and as questions with four options (paper, appendix D.2). */
export const datasetReclor = defineKind({
  kind: 'dataset/reclor',
  version: 3,
  shape: 'step',
  description:
    'Reads ReClor: pairs of the right and a wrong option to train on, and questions with four options to measure with, of its validation part: labels of the test part are not public. The questions with lettered options are for a solver.',
  inputs: {},
  outputs: { train: 'pairs', test: 'pairs', choices: 'choices', train_questions: 'questions', test_questions: 'questions' },
  promptFormat: 'passage-question-answer',
  models: {},
  sources: publishedFolder('reclor'),
  settings: Type.Object({ test_pairs: testPairsSetting, ...drawPairsSettings }, closed),
  files: () => dataFiles(),
  sampled: sampledAtMost('take'),
  items: ({ test_pairs, take }) => ({
    train: keptItems(take, 3 * 4_638),
    test: test_pairs === 'all' ? 3 * 500 : 500,
    choices: 500,
    train_questions: 4_638,
    test_questions: 500,
  }),
});
