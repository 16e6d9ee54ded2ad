import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { drawPairsSettings, keptItems, publishedFolder } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** The LogiQA 2.0 dataset as pairs and as questions with four options (paper, appendix D.2). */
export const datasetLogiqa2 = defineKind({
  kind: 'dataset/logiqa2',
  version: 1,
  shape: 'step',
  runnable: false,
  description:
    'Reads LogiQA 2.0: pairs of the right and a wrong option to train on, and questions with their four options to measure with.',
  inputs: {},
  outputs: { train: 'pairs', test: 'pairs', choices: 'choices' },
  models: {},
  sources: publishedFolder('logiqa2'),
  settings: Type.Object(drawPairsSettings, closed),
  sampled: sampledAtMost('take'),
  items: ({ take }) => ({ train: keptItems(take, 3 * 12_567), test: 3 * 1_572, choices: 1_572 }),
});
