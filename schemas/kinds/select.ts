import { Type } from '@sinclair/typebox';
import { closed } from '../fields.ts';
import { drawSettings, keptItems } from './drawn.ts';
import { defineKind, sampledAtMost } from './kind.ts';

/** A part of pairs; smaller parts lie in larger ones. */
export const select = defineKind({
  kind: 'select',
  version: 9,
  shape: 'step',
  description:
    'Takes so many pairs, drawn by the seed; a smaller take is a prefix of a larger one. Pairs with a text of a test set can be left out first.',
  inputs: {
    pairs: { description: 'Pairs to take from.', types: ['pairs'] },
    decontaminate: {
      description: 'Test sets of which no prompt and no answer may have a text: questions, choices, pairs or texts.',
      types: ['questions', 'choices', 'pairs', 'corpus'],
      many: true,
      optional: true,
    },
  },
  outputs: { out: 'pairs' },
  models: {},
  sources: {},
  settings: Type.Object(drawSettings('Pairs to take; null: all.', 28_000_000), closed),
  sampled: sampledAtMost('take'),
  items: ({ take }, entering) => ({ out: keptItems(take, entering('pairs')) }),
});
