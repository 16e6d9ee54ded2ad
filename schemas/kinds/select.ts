import { Type } from '@sinclair/typebox';
import { closed } from '../fields.ts';
import { drawSettings, keptItems } from './drawn.ts';
import { defineKind, sampledAtMost } from './kind.ts';

/** A part of pairs; smaller parts lie in larger ones. */
export const select = defineKind({
  kind: 'select',
  version: 3,
  shape: 'step',
  description: 'Takes so many pairs, drawn by the seed; a smaller take is a prefix of a larger one.',
  inputs: { pairs: { description: 'Pairs to take from.', types: ['pairs'] } },
  outputs: { out: 'pairs' },
  models: {},
  sources: {},
  settings: Type.Object(drawSettings('Pairs to take; null: all.', 28_000_000), closed),
  sampled: sampledAtMost('take'),
  items: ({ take }, entering) => ({ out: keptItems(take, entering('pairs')) }),
});
