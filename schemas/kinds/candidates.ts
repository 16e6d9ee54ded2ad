import { Type } from '@sinclair/typebox';
import { plus } from '../../plan/estimate.ts';
import { closed } from '../fields.ts';
import { multipliedItems } from './drawn.ts';
import { defineKind } from './kind.ts';

/** Several sampled solutions for each question. */
export const candidates = defineKind({
  kind: 'candidates',
  version: 3,
  shape: 'map',
  description: 'Asks a model for several solutions of each question.',
  inputs: { questions: { description: 'Questions to solve.', types: ['questions'] } },
  outputs: { out: 'candidates' },
  models: { model: 'Model that solves the questions.' },
  sources: {},
  typicalSeconds: 85,
  shows: { made: { answer: 'text' }, samplesOf: { column: 'question', text: 'rm_prompt' } },
  settings: Type.Object(
    { n: Type.Integer({ description: 'Solutions for each question.', minimum: 1, maximum: 4096, examples: [8] }) },
    closed,
  ),
  items: ({ n }, entering) => ({ out: multipliedItems(entering('questions'), n) }),
  lengths: (_, { entering, answer }) => ({ item: plus(entering('questions').item, answer) }),
});
