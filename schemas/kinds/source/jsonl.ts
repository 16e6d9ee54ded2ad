import { defineKind } from '../kind.ts';
import { textTable } from './table.ts';

/** Texts of JSON lines. */
export const sourceJsonl = defineKind({
  ...textTable,
  kind: 'source/jsonl',
  description:
    'Reads one column of declared files of JSON lines into a corpus, with the columns that say where a text comes from; a notebook becomes a script.',
  files: () => ({ include: ['**/*.{jsonl,ndjson,json}', '**/*.{jsonl,ndjson,json}.{gz,zst}'], exclude: [] }),
});
