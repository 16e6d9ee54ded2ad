import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { dataFiles, publishedFolder } from '../drawn.ts';
import { defineKind } from '../kind.ts';

/** Pairs of the four prior sets together. */
const priorPairs = 17_154;

/** The pairs of RewardBench by subset. */
export const datasetRewardbench = defineKind({
  kind: 'dataset/rewardbench',
  version: 1,
  shape: 'step',
  description: 'Reads the filtered pairs of RewardBench with the names of their subsets.',
  inputs: {},
  outputs: { test: 'pairs' },
  models: {},
  sources: publishedFolder('rewardbench'),
  settings: Type.Object(
    {
      prior_sets: Type.Boolean({
        description: 'Reads the prior sets as well: anthropic_helpful, anthropic_hhh, shp and summarize, from files in the same folder.',
        default: false,
        examples: [true],
      }),
    },
    closed,
  ),
  files: () => dataFiles(),
  items: ({ prior_sets }) => ({ test: 2_985 + (prior_sets ? priorPairs : 0) }),
});
