/** Columns of preference pairs, in parquet; `?` may be null. Provenance stands in the row, so that a pair can be traced or taken out. */
export const pairColumns = {
  prompt: 'string',
  chosen: 'string',
  rejected: 'string',
  language: 'string',
  chosen_tokens: 'int?',
  rejected_tokens: 'int?',
  origin: 'string',
  ordinal: 'int',
  repository: 'string',
  path: 'string',
  commit: 'string',
  licence: 'string',
  generation_keys: 'string',
  kind: 'string',
} as const;
