import { Type } from '@sinclair/typebox';
import type { Amount } from '../../../plan/estimate.ts';
import { closed, orNull } from '../../fields.ts';
import { drawSettings } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';
import { checkRange } from '../range.ts';

/** Archives that are read as folders, whatever files of them are asked for. */
const archives = '**/*.{tar,tgz,tar.gz,tar.zst}';

/** Files of a folder the operator declared, one item each. */
export const sourceFiles = defineKind({
  kind: 'source/files',
  version: 5,
  shape: 'step',
  description:
    'Reads files of a declared folder into a corpus, sorted by the digest of their text; a tarball is a folder of its files, a notebook becomes a script. Files that cannot be read are left out and counted.',
  inputs: {},
  outputs: { out: 'corpus' },
  models: {},
  sources: { source: { description: 'Name of a folder, or of a tarball, under `sources` of the configuration.' } },
  typicalSeconds: 3,
  settings: Type.Object(
    {
      include: Type.Array(Type.String({ minLength: 1 }), {
        description: 'Files to read: patterns over paths inside the folder; of a tarball in it, `lib.tar.gz/src/a.py`.',
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
          max: orNull('integer', { description: 'Longest text; null: no limit.', minimum: 1, default: null, examples: [900] }),
        },
        {
          ...closed,
          description: 'Keeps files whose text has so many characters.',
          default: { min: 1, max: null },
          examples: [{ min: 250, max: 900 }],
        },
      ),
      ...drawSettings('Keeps so many files, drawn by the seed; null: all.', 32),
    },
    closed,
  ),
  sampled: sampledAtMost('take'),
  items: ({ take }) => ({ out: take }),
  lengths: ({ characters }) => ({ item: tokensOf(characters) }),
  check: ({ characters }, { name }) => checkRange('characters', characters, name),
  files: ({ include, exclude }) => ({ include: [...include, archives], exclude }),
});

/** Characters of code in a token: five in plain text, two in dense code. */
const charactersPerToken = { most: 5, least: 2 };

function tokensOf({ min, max }: { min: number; max: number | null }): Amount {
  return { low: Math.floor(min / charactersPerToken.most), high: max === null ? null : Math.ceil(max / charactersPerToken.least) };
}
