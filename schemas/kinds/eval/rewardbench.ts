import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { defineKind } from '../kind.ts';

/** Accuracy on RewardBench by section. */
export const evalRewardbench = defineKind({
  kind: 'eval/rewardbench',
  version: 1,
  shape: 'process',
  runnable: false,
  description: 'Accuracy on the sections Chat, Chat Hard, Safety and Reasoning, weighted by prompts as RewardBench does.',
  inputs: {
    model: { description: 'Reward model.', types: ['checkpoint'] },
    pairs: { description: 'Pairs of RewardBench.', types: ['pairs'] },
  },
  outputs: { out: 'metrics' },
  models: {},
  sources: {},
  scores: { input: 'pairs', texts: 2 },
  settings: Type.Object({}, closed),
});
