import { Type } from '@sinclair/typebox';
import { closed, choice } from '../../fields.ts';
import { drawSettings } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** Files of public repositories on GitHub. */
export const sourceGithub = defineKind({
  kind: 'source/github',
  version: 1,
  shape: 'step',
  runnable: false,
  description: 'Reads files of the repositories that a GitHub search finds into a corpus; pinned at its first success.',
  inputs: {},
  outputs: { out: 'corpus' },
  models: {},
  sources: {},
  settings: Type.Object(
    {
      query: Type.String({
        title: 'search of repositories',
        description: 'Search in the words of GitHub.',
        minLength: 1,
        maxLength: 256,
        examples: ['stars:>=50'],
      }),
      languages: Type.Array(Type.String({ minLength: 1 }), {
        description: 'Languages to keep, by their names on GitHub; an empty list: all.',
        default: [],
        examples: [['Python', 'Jupyter Notebook']],
      }),
      metadata: Type.Array(
        choice(['commits', 'issues', 'pulls', 'discussions'], { description: 'A kind of text.', examples: ['issues'] }),
        {
          description: 'Texts around the code that are read as well.',
          default: [],
          examples: [['commits', 'issues', 'pulls', 'discussions']],
        },
      ),
      ...drawSettings('Keeps so many files, drawn by the seed; null: all.', 28_000_000),
    },
    closed,
  ),
  sampled: sampledAtMost('take'),
  items: ({ take }) => ({ out: take }),
});
