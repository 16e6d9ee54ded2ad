/** Columns of artifacts in parquet, by the artifact's type; `?` may be null. */

/**
 * Provenance is in the row, so that a pair can be traced or taken out. Pairs of one question share `origin`. `kind` is what
 * an evaluation tells apart: a subset, a domain or the mistake of the rejected side; `level` how hard the comparison is,
 * `easy`, `normal` or `hard`. Both may be empty. `*_comments` are the characters of comments in a code, `*_fenced` whether a
 * fence held it in its answer.
 */
export const pairColumns = {
  prompt: 'string',
  chosen: 'string',
  rejected: 'string',
  language: 'string',
  prompt_tokens: 'int?',
  chosen_tokens: 'int?',
  rejected_tokens: 'int?',
  chosen_comments: 'int?',
  rejected_comments: 'int?',
  chosen_fenced: 'boolean?',
  rejected_fenced: 'boolean?',
  origin: 'string',
  ordinal: 'int',
  repository: 'string',
  path: 'string',
  commit: 'string',
  licence: 'string',
  generation_keys: 'string',
  kind: 'string',
  level: 'string',
} as const;

/** `label` is the index of the right option; `passage` a digest that questions on the same passage share, empty where there is none. */
export const choiceColumns = { question: 'int', prompt: 'string', options: 'list<string>', label: 'int', passage: 'string' } as const;

export const questionColumns = { question: 'int', prompt: 'string', text: 'string', gold: 'string', rm_prompt: 'string' } as const;

export const candidateColumns = {
  question: 'int',
  ordinal: 'int',
  rm_prompt: 'string',
  text: 'string',
  status: 'string',
  gold: 'string',
} as const;

/** Scores beside metrics: of each text, the row of the input and its place among the texts of that row, both from 0. */
export const scoreColumns = { row: 'int', text: 'int', score: 'double' } as const;

/** `answer` is one text for equal answers; `judged` the opinion of a model, `right` or `wrong`. */
export const gradedColumns = { ...candidateColumns, answer: 'string?', correct: 'boolean', grader: 'string', judged: 'string?' } as const;
