import { Type } from '@sinclair/typebox';
import { choice, closed } from '../fields.ts';
import { defineKind } from './kind.ts';

/** Right or wrong, judged by rules and by a reader of formulas. */
export const grade = defineKind({
  kind: 'grade',
  version: 9,
  shape: 'process',
  description: 'Compares the final answer of each solution with the known one, by rules for numbers and by math-verify; what the answers are says which of them decides.',
  inputs: { candidates: { description: 'Solutions to grade.', types: ['candidates'] } },
  outputs: { out: 'graded' },
  models: {},
  sources: {},
  typicalSeconds: 5,
  settings: Type.Object(
    {
      answers: choice(['declared', 'numbers', 'mathematics'], {
        description:
          'What the known answers are: numbers, which rules read and compare, or mathematics, which math-verify does; declared: as the data set of the questions says.',
        default: 'declared',
        examples: ['mathematics'],
      }),
    },
    closed,
  ),
  items: (_, entering) => ({ out: entering('candidates') }),
});
