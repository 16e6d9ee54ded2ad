import { defineKind } from '../kind.ts';
import { textTable } from './table.ts';

/** Texts of parquet files. */
export const sourceParquet = defineKind({
  ...textTable,
  kind: 'source/parquet',
  description:
    'Reads one column of declared parquet files into a corpus, with the columns that say where a text comes from; a notebook becomes a script.',
  files: () => ({ include: ['**/*.parquet'], exclude: [] }),
});
