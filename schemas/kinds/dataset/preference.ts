import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { drawPairsSettings, testShareSetting } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** Pairs of a user. */
export const datasetPreference = defineKind({
  kind: 'dataset/preference',
  version: 1,
  shape: 'step',
  runnable: false,
  description: 'Reads preference pairs of a declared folder: parquet or JSON lines with prompt, chosen and rejected.',
  inputs: {},
  outputs: { train: 'pairs', test: 'pairs' },
  models: {},
  sources: { source: { description: 'Name of a folder under `sources` of the configuration.' } },
  settings: Type.Object(
    {
      test_share: testShareSetting('prompts'),
      ...drawPairsSettings,
    },
    closed,
  ),
  sampled: sampledAtMost('take'),
  items: ({ take }) => ({ train: take }),
});
