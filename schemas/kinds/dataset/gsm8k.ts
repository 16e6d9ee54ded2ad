import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { dataFiles, drawSettings, keptItems, publishedFolder } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** The GSM8K problems with their answers. */
export const datasetGsm8k = defineKind({
  kind: 'dataset/gsm8k',
  version: 1,
  shape: 'step',
  description: 'Reads the problems of GSM8K with the answers they are graded by.',
  inputs: {},
  outputs: { train: 'questions', test: 'questions' },
  promptFormat: 'question-answer',
  models: {},
  sources: publishedFolder('gsm8k'),
  settings: Type.Object(
    drawSettings('Problems of the training part, drawn by the seed; null: all. The test part is always whole.', 1000),
    closed,
  ),
  sampled: sampledAtMost('take'),
  files: () => dataFiles('**/socratic/**', '**/*_socratic*', '**/example_model_solutions*'),
  items: ({ take }) => ({ train: keptItems(take, 7_473), test: 1_319 }),
});
