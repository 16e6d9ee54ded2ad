import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { publishedFolder } from '../drawn.ts';
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
  sources: publishedFolder('rewardbench'),
  settings: Type.Object({}, closed),
  items: () => ({ test: 2_985 }),
});
