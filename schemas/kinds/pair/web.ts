import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { seedSetting } from '../drawn.ts';
import { defineKind } from '../kind.ts';
import { checkRange } from '../range.ts';
import { lengthSettings } from './lengths.ts';

/** Pairs of answers people voted on. */
export const pairWeb = defineKind({
  kind: 'pair/web',
  version: 5,
  shape: 'step',
  description:
    'Makes a preference pair of two answers to one question, the one with more votes chosen. Where several are `margin` apart, one pair is drawn of those that are neither equal but for white space nor nearly equal, and within `length_ratio`. A question without such a pair is counted with the reason.',
  inputs: { answers: { description: 'Ranked answers.', types: ['ranked'] } },
  outputs: { out: 'pairs' },
  promptFormat: 'question-answer',
  models: {},
  sources: {},
  settings: Type.Object(
    {
      margin: Type.Integer({ description: 'Least difference in votes.', minimum: 1, default: 1, examples: [3] }),
      ...lengthSettings,
      seed: seedSetting('Seed of the draw where a question has several pairs, and of symmetric.'),
    },
    closed,
  ),
  items: (_, entering) => ({ out: entering('answers') }),
  check: ({ length_ratio }, { name }) => checkRange('length_ratio', length_ratio, name),
});
