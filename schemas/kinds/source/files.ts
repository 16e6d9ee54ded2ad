import { Type } from '@sinclair/typebox';
import { closed, orNull } from '../../fields.ts';
import { atMost, defineKind } from '../kind.ts';

/** Files of a folder the operator declared, one item each. */
export const sourceFiles = defineKind({
  kind: 'source/files',
  version: 1,
  shape: 'step',
  sampled: atMost('take'),
  description: 'Reads files of a declared folder into a corpus, sorted by the digest of their text.',
  inputs: {},
  outputs: { out: 'corpus' },
  models: {},
  sources: { source: { description: 'Name of a folder under `sources` of the configuration.' } },
  settings: Type.Object(
    {
      include: Type.Array(Type.String({ minLength: 1 }), {
        description: 'Files to read: patterns over paths inside the folder.',
        minItems: 1,
        default: ['**/*'],
        examples: [['**/*.py']],
      }),
      exclude: Type.Array(Type.String({ minLength: 1 }), {
        description: 'Files to leave out again.',
        default: [],
        examples: [['**/tests/**']],
      }),
      characters: Type.Object(
        {
          min: Type.Integer({ description: 'Shortest text.', minimum: 0, default: 1, examples: [250] }),
          max: orNull('integer', {
            description: 'Longest text; null: no limit.',
            minimum: 1,
            default: null,
            examples: [900],
          }),
        },
        {
          ...closed,
          description: 'Keeps files whose text has so many characters.',
          default: { min: 1, max: null },
          examples: [{ min: 250, max: 900 }],
        },
      ),
      take: orNull('integer', {
        description: 'Keeps so many files, drawn by the seed; null: all.',
        minimum: 1,
        default: null,
        examples: [32],
      }),
      seed: Type.Integer({ description: 'Seed of the draw.', minimum: 0, default: 1, examples: [1] }),
    },
    closed,
  ),
});
