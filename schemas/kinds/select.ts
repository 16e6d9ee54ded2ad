import { Type } from '@sinclair/typebox';
import { closed, orNull } from '../fields.ts';
import { atMost, defineKind } from './kind.ts';

/** A part of pairs; smaller parts lie in larger ones. */
export const select = defineKind({
  kind: 'select',
  version: 1,
  shape: 'step',
  runnable: false,
  sampled: atMost('take'),
  description: 'Takes so many pairs, drawn by the seed; a smaller take is a prefix of a larger one.',
  inputs: { pairs: { description: 'Pairs to take from.', types: ['pairs'] } },
  outputs: { out: 'pairs' },
  models: {},
  sources: {},
  settings: Type.Object(
    {
      take: orNull('integer', {
        description: 'Pairs to take; null: all.',
        minimum: 1,
        default: null,
        examples: [28_000_000],
      }),
      seed: Type.Integer({ description: 'Seed of the draw.', minimum: 0, default: 1, examples: [1] }),
    },
    closed,
  ),
});
