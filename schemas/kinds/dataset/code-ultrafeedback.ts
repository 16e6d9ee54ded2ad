import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { dataFiles, drawPairsSettings, keptItems, publishedFolder, testShareSetting } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** The dataset CodeUltraFeedback_binarized (paper, appendix D.3). */
export const datasetCodeUltrafeedback = defineKind({
  kind: 'dataset/code-ultrafeedback',
  version: 2,
  shape: 'step',
  description: 'Reads CodeUltraFeedback_binarized and splits it at random.',
  inputs: {},
  outputs: { train: 'pairs', test: 'pairs' },
  promptFormat: 'instruction-response',
  models: {},
  sources: publishedFolder('code-ultrafeedback'),
  settings: Type.Object(
    {
      test_share: testShareSetting('instructions'),
      ...drawPairsSettings,
    },
    closed,
  ),
  files: () => dataFiles(),
  sampled: sampledAtMost('take'),
  items: ({ test_share: share, take }) => ({ train: keptItems(take, Math.round(9_500 * (1 - share))), test: Math.round(9_500 * share) }),
});
