import { Type } from '@sinclair/typebox';
import { closed, orNull } from '../../fields.ts';
import { atMost, defineKind } from '../kind.ts';

/** Files of git repositories. */
export const sourceGit = defineKind({
  kind: 'source/git',
  version: 1,
  shape: 'step',
  runnable: false,
  sampled: atMost('take'),
  description: 'Reads files of declared git repositories into a corpus, each with its commit and licence.',
  inputs: {},
  outputs: { out: 'corpus' },
  models: {},
  sources: { source: { description: 'Name of a folder of clones under `sources` of the configuration.' } },
  settings: Type.Object(
    {
      include: Type.Array(Type.String({ minLength: 1 }), {
        description: 'Files to read: patterns over paths inside a repository.',
        minItems: 1,
        default: ['**/*'],
        examples: [['**/*.py']],
      }),
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
