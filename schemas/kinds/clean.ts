import { Type } from '@sinclair/typebox';
import { closed, choice, orNull } from '../fields.ts';
import { defineKind } from './kind.ts';

/** Filters and deduplicates a corpus. */
export const clean = defineKind({
  kind: 'clean',
  version: 1,
  shape: 'step',
  runnable: false,
  description: 'Keeps what is worth learning from: filters, duplicates and near-duplicates out, nothing of the test sets left in.',
  inputs: { corpus: { description: 'Corpus to clean.', types: ['corpus'] } },
  outputs: { out: 'corpus' },
  models: {},
  sources: {},
  settings: Type.Object(
    {
      profile: choice(['bigcode', 'none'], {
        description: 'Rules for single files: bigcode filters by line lengths, letters and generated code.',
        default: 'bigcode',
        examples: ['bigcode'],
      }),
      dedup: Type.Object(
        {
          exact: Type.Boolean({ description: 'Leaves out equal files.', default: true, examples: [true] }),
          near: orNull('number', {
            description: 'Leaves out files whose estimated Jaccard similarity is at least this; null keeps them.',
            minimum: 0,
            maximum: 1,
            default: 0.7,
            examples: [0.7],
          }),
        },
        { ...closed, description: 'Duplicates.', default: { exact: true, near: 0.7 }, examples: [{ exact: true, near: 0.7 }] },
      ),
      decontaminate: Type.Array(
        choice(['gsm8k', 'math', 'reclor', 'logiqa2', 'code-ultrafeedback', 'rewardbench'], {
          description: 'A test set.',
          examples: ['gsm8k'],
        }),
        { description: 'Test sets of which no text may remain.', default: [], examples: [['gsm8k', 'math']] },
      ),
    },
    closed,
  ),
  items: (_, entering) => ({ out: entering('corpus') }),
});
