import { Type } from '@sinclair/typebox';
import { closed, choice } from '../../fields.ts';
import { drawSettings } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** Pairs of right and wrong answers of models (paper, appendix D.2.2). */
export const pairGraded = defineKind({
  kind: 'pair/graded',
  version: 2,
  shape: 'step',
  description:
    'Pairs right with wrong answers to the same question, of one model or of several. Answers that are not whole are left out, and repeated ones count once.',
  inputs: { graded: { description: 'Graded answers to the same questions.', types: ['graded'], many: true } },
  outputs: { out: 'pairs' },
  models: {},
  sources: {},
  settings: Type.Object(
    {
      pairs: choice(['one', 'all'], {
        description: 'one: a pair for each question; all: every right answer with every wrong one.',
        default: 'all',
        examples: ['one'],
      }),
      ...drawSettings('Pairs to keep, drawn by the seed; a smaller number is the beginning of a larger one; null: all.', 977_000),
    },
    closed,
  ),
  sampled: sampledAtMost('take'),
  items: ({ take }) => ({ out: take }),
});
