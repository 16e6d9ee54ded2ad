import { Type } from '@sinclair/typebox';
import { closed, choice } from '../../fields.ts';
import { drawSettings } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** Files of public repositories on GitHub. */
export const sourceGithub = defineKind({
  kind: 'source/github',
  version: 3,
  shape: 'step',
  description: 'Reads files of the repositories that a GitHub search finds into a corpus, each with its commit and licence; what its first success found is kept until a run refreshes it.',
  inputs: {},
  outputs: { out: 'corpus' },
  models: {},
  sources: {},
  pinned: true,
  settings: Type.Object(
    {
      query: Type.String({
        title: 'search of repositories',
        description: 'Search in the words of GitHub; a search with more than 1,000 results is divided by the time in which the repositories were made, inside of `created:` where the query has it.',
        minLength: 1,
        maxLength: 256,
        examples: ['stars:>=50'],
      }),
      languages: Type.Array(Type.String({ minLength: 1 }), {
        description: 'Languages of repositories, and of the files that are read of them, by their names on GitHub; an empty list: all.',
        default: [],
        examples: [['Python', 'Jupyter Notebook']],
      }),
      metadata: Type.Array(
        choice(['commits', 'issues', 'pulls', 'discussions'], { description: 'A kind of text.', examples: ['issues'] }),
        {
          description: 'Texts around the code that are read as well, without comments; discussions need a token.',
          default: [],
          examples: [['commits', 'issues', 'pulls', 'discussions']],
        },
      ),
      ...drawSettings('Reads repositories, in an order that the seed decides, until there are so many texts; null: all.', 28_000_000),
    },
    closed,
  ),
  sampled: sampledAtMost('take'),
  items: ({ take }) => ({ out: take }),
});
