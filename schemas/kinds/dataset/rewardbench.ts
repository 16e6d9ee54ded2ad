import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { dataFiles, publishedFolder } from '../drawn.ts';
import { defineKind } from '../kind.ts';

/** Pairs of each prior set, as the tests of the benchmark's own code count them. */
const priorPairs = { anthropic_helpful: 6_192, anthropic_hhh: 221, shp: 1_741, summarize: 9_000 };

/** The pairs of RewardBench by subset. */
export const datasetRewardbench = defineKind({
  kind: 'dataset/rewardbench',
  version: 2,
  shape: 'step',
  description: 'Reads the filtered pairs of RewardBench with the names of their subsets.',
  inputs: {},
  outputs: { test: 'pairs' },
  promptFormat: 'instruction-response',
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
  items: ({ prior_sets }) => ({ test: 2_985 + (prior_sets ? Object.values(priorPairs).reduce((sum, pairs) => sum + pairs) : 0) }),
});
