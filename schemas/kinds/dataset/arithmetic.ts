import { Type } from '@sinclair/typebox';
import type { Lengths } from '../../../plan/estimate.ts';
import { closed } from '../../fields.ts';
import { seedSetting } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** The generated problems: their lengths in characters, at two to five in a token, rounded outwards. */
const lengths: Lengths = {
  item: { low: 40, high: 320 },
  pair: { prompt: { low: 19, high: 100 }, chosen: { low: 14, high: 140 }, rejected: { low: 14, high: 140 } },
};

/** Word problems whose truth is known by construction. */
export const datasetArithmetic = defineKind({
  kind: 'dataset/arithmetic',
  version: 3,
  shape: 'step',
  description:
    'Generates word problems with right and plausibly wrong solutions; test problems never occur in training.',
  inputs: {},
  outputs: { train: 'pairs', test: 'pairs', choices: 'choices', questions: 'questions' },
  promptFormat: 'question-answer',
  models: {},
  sources: {},
  typicalSeconds: 2,
  settings: Type.Object(
    {
      train: Type.Integer({
        description: 'Pairs for training.',
        minimum: 1,
        maximum: 1_000_000,
        default: 300,
        examples: [300],
      }),
      test: Type.Integer({
        description: 'Pairs held out.',
        minimum: 1,
        maximum: 1_000_000,
        default: 400,
        examples: [400],
      }),
      choices: Type.Integer({
        description: 'Questions with four options.',
        minimum: 1,
        maximum: 1_000_000,
        default: 100,
        examples: [100],
      }),
      questions: Type.Integer({
        description: 'Questions for a solver to answer.',
        minimum: 1,
        maximum: 1_000_000,
        default: 24,
        examples: [24],
      }),
      seed: seedSetting('Seed of the problems.', 7),
    },
    closed,
  ),
  sampled: sampledAtMost('train', 'test', 'choices', 'questions'),
  items: ({ train, test, choices, questions }) => ({ train, test, choices, questions }),
  lengths: () => lengths,
});
