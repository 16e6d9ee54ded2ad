import { Type } from '@sinclair/typebox';
import { plus } from '../../plan/estimate.ts';
import { closed } from '../fields.ts';
import { defineKind } from './kind.ts';

/** A model's opinion beside the verdicts of the graders. */
export const judge = defineKind({
  kind: 'judge',
  version: 1,
  shape: 'map',
  description:
    'Asks a model whether the final answer of each solution is the known one. Its opinion is a further column: the verdict that others read stays that of the grader.',
  inputs: { graded: { description: 'Graded solutions.', types: ['graded'] } },
  outputs: { out: 'graded' },
  models: { model: 'Model that judges.' },
  sources: {},
  meanAnswer: 2,
  shows: { made: { opinion: 'judged' }, samplesOf: { column: 'question', text: 'rm_prompt' } },
  settings: Type.Object({}, closed),
  items: (_, entering) => ({ out: entering('graded') }),
  lengths: (_, { entering, answer }) => ({ item: plus(entering('graded').item, answer) }),
  template: () => 'judge-answer.md',
});
