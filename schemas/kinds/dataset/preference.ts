import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { dataFiles, drawPairsSettings, testShareSetting } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** Pairs of a user. */
export const datasetPreference = defineKind({
  kind: 'dataset/preference',
  version: 2,
  shape: 'step',
  description:
    'Reads preference pairs of a declared folder or file: parquet, a JSON array or JSON lines. A text may be a string, or messages with role and content (from and value). A test part of the folder is the test, and may be all there is; without one a share of the prompts is held out.',
  inputs: {},
  outputs: { train: 'pairs', test: 'pairs' },
  promptFormat: 'instruction-response',
  models: {},
  sources: { source: { description: 'Name of a folder or file under `sources` of the configuration.' } },
  settings: Type.Object(
    {
      columns: Type.Object(
        {
          prompt: columnSetting('prompt'),
          chosen: columnSetting('chosen'),
          rejected: columnSetting('rejected'),
        },
        {
          ...closed,
          description: 'Columns that hold the prompt and both answers.',
          default: { prompt: 'prompt', chosen: 'chosen', rejected: 'rejected' },
          examples: [{ prompt: 'conversations' }],
        },
      ),
      test_share: testShareSetting('prompts'),
      ...drawPairsSettings,
    },
    closed,
  ),
  files: () => dataFiles(),
  sampled: sampledAtMost('take'),
  items: ({ take }) => ({ train: take }),
});

function columnSetting(name: string) {
  return Type.String({ description: `Column of the ${name}.`, minLength: 1, default: name, examples: [name] });
}
