import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { drawnPairs, kept, published, testShare } from '../drawn.ts';
import { atMost, defineKind } from '../kind.ts';

/** The dataset CodeUltraFeedback_binarized (paper, appendix D.3). */
export const datasetCodeUltrafeedback = defineKind({
  kind: 'dataset/code-ultrafeedback',
  version: 1,
  shape: 'step',
  runnable: false,
  description: 'Reads CodeUltraFeedback_binarized and splits it at random.',
  inputs: {},
  outputs: { train: 'pairs', test: 'pairs' },
  models: {},
  sources: published('code-ultrafeedback'),
  settings: Type.Object(
    {
      test_share: testShare('pairs'),
      ...drawnPairs,
    },
    closed,
  ),
  sampled: atMost('take'),
  items: ({ test_share: share, take }) => ({ train: kept(take, Math.round(9_500 * (1 - share))), test: Math.round(9_500 * share) }),
});
