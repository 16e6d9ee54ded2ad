import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { defineKind } from '../kind.ts';

/** One point of data scaling: a stable run left at a number of pairs, its learning rate decayed to the end. */
export const trainPmpDecay = defineKind({
  kind: 'train/pmp-decay',
  version: 1,
  shape: 'process',
  runnable: false,
  description: 'Branches from a checkpoint that a stable run kept and lets the learning rate decay.',
  inputs: {
    stable: { description: 'Stable run to branch from.', types: ['checkpoint'] },
    pairs: { description: 'The pairs of the stable run.', types: ['pairs'] },
  },
  outputs: { out: 'checkpoint' },
  models: {},
  sources: {},
  settings: Type.Object(
    {
      at: Type.Integer({ description: 'Pairs seen when the whole training ends.', minimum: 1, examples: [1_000_000] }),
      decay: Type.Number({
        description: 'Share of them that falls into the decay; the stable run keeps a checkpoint where it begins.',
        exclusiveMinimum: 0,
        maximum: 1,
        default: 0.1,
        examples: [0.1],
      }),
      seed: Type.Integer({ description: 'Seed of the order of pairs.', minimum: 0, default: 1, examples: [1] }),
    },
    closed,
  ),
});
