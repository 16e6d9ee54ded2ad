import { Type } from '@sinclair/typebox';
import { closed, textOrNull } from '../../fields.ts';
import { drawSettings, keptItems } from '../drawn.ts';
import { sampledAtMost } from '../kind.ts';

function columnSetting(what: string, example: string) {
  return textOrNull({ description: `Column with ${what}; null: none.`, minLength: 1, default: null, examples: [example] });
}

/** Columns that say where a text comes from; the examples are those of The Stack. */
const provenanceSettings = {
  path: columnSetting('the path of the file', 'max_stars_repo_path'),
  repository: columnSetting('the name of the repository', 'max_stars_repo_name'),
  commit: columnSetting('the commit', 'max_stars_repo_head_hexsha'),
  licence: columnSetting('the licence, or a list of licences', 'max_stars_repo_licenses'),
  language: columnSetting('the language', 'lang'),
};

/** What the kinds that read rows of texts have in common. */
export const textTable = {
  version: 4,
  shape: 'step',
  inputs: {},
  outputs: { out: 'corpus' },
  models: {},
  sources: { source: { description: 'Name of a folder or file under `sources` of the configuration.' } },
  typicalSeconds: 3,
  settings: Type.Object(
    {
      column: Type.String({ description: 'Column that holds the text.', minLength: 1, default: 'content', examples: ['content'] }),
      ...provenanceSettings,
      ...drawSettings('Keeps so many rows, drawn by the seed; null: all.', 100_000),
    },
    closed,
  ),
  sampled: sampledAtMost('take'),
  items: ({ take }: { take: number | null }) => ({ out: keptItems(take, null) }),
} as const;
