import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { drawSettings } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** Files of git repositories. */
export const sourceGit = defineKind({
  kind: 'source/git',
  version: 1,
  shape: 'step',
  runnable: false,
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
      ...drawSettings('Keeps so many files, drawn by the seed; null: all.', 32),
    },
    closed,
  ),
  sampled: sampledAtMost('take'),
  items: ({ take }) => ({ out: take }),
});
