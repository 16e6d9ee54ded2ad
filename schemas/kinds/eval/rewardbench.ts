import { Type } from '@sinclair/typebox';
import { measuredNames } from '../../../plan/benchmarks.ts';
import { closed } from '../../fields.ts';
import { defineKind } from '../kind.ts';

/** Accuracy on RewardBench by section. */
export const evalRewardbench = defineKind({
  kind: 'eval/rewardbench',
  version: 4,
  shape: 'process',
  description:
    'Accuracy on the sections of RewardBench and their mean. Subsets count in their section as the benchmark weighs them; prior sets count half.',
  inputs: {
    model: { description: 'Reward model.', types: ['checkpoint'] },
    pairs: { description: 'Pairs of RewardBench.', types: ['pairs'], heldOut: true },
  },
  outputs: { out: 'metrics' },
  models: {},
  sources: {},
  measures: measuredNames['eval/rewardbench'],
  scores: { input: 'pairs', texts: 2 },
  settings: Type.Object({}, closed),
});
