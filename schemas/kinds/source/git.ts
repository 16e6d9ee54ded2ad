import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { drawSettings } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** What of a clone, bare or with a working tree, says which commit it is at. */
const references = ['HEAD', 'packed-refs', 'refs/heads/**'];

/** Files of git repositories. */
export const sourceGit = defineKind({
  kind: 'source/git',
  version: 3,
  shape: 'step',
  description:
    'Reads files of declared git repositories into a corpus as they are in the commit of HEAD, each with its commit and licence; nothing is checked out.',
  inputs: {},
  outputs: { out: 'corpus' },
  models: {},
  sources: { source: { description: 'Name of a clone, or a folder of clones, under `sources` of the configuration.' } },
  typicalSeconds: 5,
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
  files: () => ({ include: references.flatMap((path) => [`**/${path}`, `**/.git/${path}`]), exclude: [] }),
});
