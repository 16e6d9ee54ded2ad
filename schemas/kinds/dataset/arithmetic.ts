import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { atMost, defineKind } from '../kind.ts';

/** Word problems whose truth is known by construction. */
export const datasetArithmetic = defineKind({
  kind: 'dataset/arithmetic',
  version: 1,
  shape: 'step',
  sampled: atMost('train', 'test', 'choices', 'questions'),
  description:
    'Generates word problems with right and plausibly wrong solutions; test problems never occur in training.',
  inputs: {},
  outputs: { train: 'pairs', test: 'pairs', choices: 'choices', questions: 'questions' },
  models: {},
  sources: {},
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
      seed: Type.Integer({ description: 'Seed of the problems.', minimum: 0, default: 1, examples: [7] }),
    },
    closed,
  ),
});
