import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { seedSetting } from '../drawn.ts';
import { defineKind } from '../kind.ts';

/** Pairs of answers people voted on. */
export const pairWeb = defineKind({
  kind: 'pair/web',
  version: 4,
  shape: 'step',
  description: 'Makes a preference pair of two answers to one question, the one with more votes chosen.',
  inputs: { answers: { description: 'Ranked answers.', types: ['ranked'] } },
  outputs: { out: 'pairs' },
  promptFormat: 'question-answer',
  models: {},
  sources: {},
  settings: Type.Object(
    {
      margin: Type.Integer({ description: 'Least difference in votes.', minimum: 1, default: 1, examples: [3] }),
      seed: seedSetting('Seed of the draw where a question has several pairs.'),
    },
    closed,
  ),
  items: (_, entering) => ({ out: entering('answers') }),
});
