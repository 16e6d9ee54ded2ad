import { Type } from '@sinclair/typebox';
import { closed, choice, orNull } from '../../fields.ts';
import { atMost, defineKind } from '../kind.ts';

/** Questions with ranked answers from the web, the source the paper compares code with. */
export const sourceWeb = defineKind({
  kind: 'source/web',
  version: 1,
  shape: 'step',
  runnable: false,
  sampled: atMost('take'),
  description: 'Reads questions and answers ranked by votes, as StackExchange dumps and Reddit-style threads have them.',
  inputs: {},
  outputs: { out: 'ranked' },
  models: {},
  sources: { source: { description: 'Name of a folder of dumps under `sources` of the configuration.' } },
  settings: Type.Object(
    {
      format: choice(['stackexchange', 'reddit'], { description: 'Format of the dumps.', default: 'stackexchange', examples: ['reddit'] }),
      take: orNull('integer', {
        description: 'Keeps so many questions, drawn by the seed; null: all.',
        minimum: 1,
        default: null,
        examples: [1_000_000],
      }),
      seed: Type.Integer({ description: 'Seed of the draw.', minimum: 0, default: 1, examples: [1] }),
    },
    closed,
  ),
});
