import { Type } from '@sinclair/typebox';
import { closed } from '../fields.ts';
import { defineKind } from './kind.ts';

/** Right or wrong, decided by rules and by a reader of formulas. */
export const grade = defineKind({
  kind: 'grade',
  version: 3,
  shape: 'process',
  description: 'Compares the final answer of each solution with the known one: numbers by rules, formulas by math-verify.',
  inputs: { candidates: { description: 'Solutions to grade.', types: ['candidates'] } },
  outputs: { out: 'graded' },
  models: {},
  sources: {},
  typicalSeconds: 5,
  settings: Type.Object({}, closed),
  items: (_, entering) => ({ out: entering('candidates') }),
});
