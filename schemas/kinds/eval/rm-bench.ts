import { Type } from '@sinclair/typebox';
import { measuredNames } from '../../../plan/benchmarks.ts';
import { closed } from '../../fields.ts';
import { defineKind } from '../kind.ts';

/** Accuracy on RM-Bench by domain and level. */
export const evalRmBench = defineKind({
  kind: 'eval/rm-bench',
  version: 2,
  shape: 'process',
  description:
    'Accuracy on the domains of RM-Bench and their mean, by level: easy, normal and hard compare a richer, an equal and a plainer style of the right answer.',
  inputs: {
    model: { description: 'Reward model.', types: ['checkpoint'] },
    pairs: { description: 'Pairs of RM-Bench, nine for each prompt.', types: ['pairs'], heldOut: true },
  },
  outputs: { out: 'metrics' },
  models: {},
  sources: {},
  measures: measuredNames['eval/rm-bench'],
  scores: { input: 'pairs', texts: 2 },
  settings: Type.Object({}, closed),
});
