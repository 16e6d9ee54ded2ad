/** Columns of artifacts in parquet, by the artifact's type; `?` may be null. */

/** Provenance is in the row, so that a pair can be traced or taken out. */
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

export const choiceColumns = { question: 'int', prompt: 'string', options: 'list<string>', label: 'int' } as const;

export const questionColumns = { question: 'int', prompt: 'string', text: 'string', gold: 'string', rm_prompt: 'string' } as const;

export const candidateColumns = {
  question: 'int',
  ordinal: 'int',
  rm_prompt: 'string',
  text: 'string',
  finish_reason: 'string',
  gold: 'string',
} as const;
