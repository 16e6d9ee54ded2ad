import { readPreference } from '../../../items/index.ts';
import type { StepKind } from '../kind.ts';
import { readPreferences } from './preferences.ts';

/** Reads preference pairs of a user. */
export const datasetPreference: StepKind<'dataset/preference'> = {
  shape: 'step',
  work: (dependencies, { node }) =>
    readPreferences(dependencies, node, {
      parts: ['train', 'test'],
      reader: (row) => readPreference(row, node.settings.columns),
      licence: '',
    }),
};
