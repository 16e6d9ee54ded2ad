import { Type } from '@sinclair/typebox';
import { closed, orNull } from '../../fields.ts';
import { atMost, defineKind } from '../kind.ts';

/** Texts of parquet files. */
export const sourceParquet = defineKind({
  kind: 'source/parquet',
  version: 1,
  shape: 'step',
  runnable: false,
  sampled: atMost('take'),
  description: 'Reads one column of declared parquet files into a corpus.',
  inputs: {},
  outputs: { out: 'corpus' },
  models: {},
  sources: { source: { description: 'Name of a folder under `sources` of the configuration.' } },
  settings: Type.Object(
    {
      column: Type.String({ description: 'Column that holds the text.', minLength: 1, default: 'content', examples: ['content'] }),
      take: orNull('integer', {
        description: 'Keeps so many rows, drawn by the seed; null: all.',
        minimum: 1,
        default: null,
        examples: [100_000],
      }),
      seed: Type.Integer({ description: 'Seed of the draw.', minimum: 0, default: 1, examples: [1] }),
    },
    closed,
  ),
});
