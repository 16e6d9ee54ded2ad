import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { defineKind } from '../kind.ts';

/** The pairs of RewardBench by subset. */
export const datasetRewardbench = defineKind({
  kind: 'dataset/rewardbench',
  version: 1,
  shape: 'step',
  runnable: false,
  description: 'Reads the pairs of RewardBench with the names of their subsets.',
  inputs: {},
  outputs: { test: 'pairs' },
  models: {},
  sources: { source: { description: 'Name of the folder of its published files, under `sources` of the configuration.', default: 'rewardbench' } },
  settings: Type.Object({}, closed),
});
