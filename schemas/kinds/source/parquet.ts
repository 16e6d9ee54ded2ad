import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { drawSettings } from '../drawn.ts';
import { defineKind, sampledAtMost } from '../kind.ts';

/** Texts of parquet files. */
export const sourceParquet = defineKind({
  kind: 'source/parquet',
  version: 1,
  shape: 'step',
  runnable: false,
  description: 'Reads one column of declared parquet files into a corpus.',
  inputs: {},
  outputs: { out: 'corpus' },
  models: {},
  sources: { source: { description: 'Name of a folder under `sources` of the configuration.' } },
  settings: Type.Object(
    {
      column: Type.String({ description: 'Column that holds the text.', minLength: 1, default: 'content', examples: ['content'] }),
      ...drawSettings('Keeps so many rows, drawn by the seed; null: all.', 100_000),
    },
    closed,
  ),
  sampled: sampledAtMost('take'),
  items: ({ take }) => ({ out: take }),
});
