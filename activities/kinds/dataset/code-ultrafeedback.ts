import { readPreference } from '../../../items/index.ts';
import type { StepKind } from '../kind.ts';
import { readPreferences } from './preferences.ts';

/** Reads CodeUltraFeedback_binarized, which is published in one part. */
export const datasetCodeUltrafeedback: StepKind<'dataset/code-ultrafeedback'> = {
  shape: 'step',
  work: (dependencies, { node }) =>
    readPreferences(dependencies, node, {
      parts: ['train'],
      reader: (row) => readPreference(row, { prompt: 'instruction', chosen: 'chosen', rejected: 'rejected' }),
      licence: 'MIT',
    }),
};
