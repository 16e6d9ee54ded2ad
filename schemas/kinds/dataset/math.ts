import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { dataFiles, drawSettings, keptItems, publishedFolder } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** The MATH problems with their answers. */
export const datasetMath = defineKind({
  kind: 'dataset/math',
  version: 1,
  shape: 'step',
  description: 'Reads the problems of MATH, or the 500 of MATH-500 where the folder holds those, with the answers they are graded by. MATH-500 may come without a training part.',
  inputs: {},
  outputs: { train: 'questions', test: 'questions' },
  promptFormat: 'question-answer',
  models: {},
  sources: publishedFolder('math'),
  settings: Type.Object(
    drawSettings('Problems of the training part, drawn by the seed; null: all. The test part is always whole.', 1000),
    closed,
  ),
  sampled: sampledAtMost('take'),
  files: () => dataFiles(),
  items: ({ take }) => ({ train: keptItems(take, 7_500), test: 5_000 }),
});
