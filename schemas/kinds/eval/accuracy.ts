import { Type } from '@sinclair/typebox';
import { measuredNames } from '../../../plan/benchmarks.ts';
import { closed } from '../../fields.ts';
import { defineKind } from '../kind.ts';

/** Share of held-out pairs whose chosen side scores higher. */
export const evalAccuracy = defineKind({
  kind: 'eval/accuracy',
  version: 6,
  shape: 'process',
  description: 'Share of pairs whose chosen side a reward model scores higher, with interval and trivial baselines.',
  inputs: {
    model: { description: 'Reward model.', types: ['checkpoint'] },
    pairs: { description: 'Pairs held out from its training.', types: ['pairs'], heldOut: true },
  },
  outputs: { out: 'metrics' },
  models: {},
  sources: {},
  typicalSeconds: 8,
  measures: measuredNames['eval/accuracy'],
  scores: { input: 'pairs', texts: 2 },
  settings: Type.Object({}, closed),
});
