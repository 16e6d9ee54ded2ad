import { Type } from '@sinclair/typebox';
import { either } from '../../plan/estimate.ts';
import { closed, orNull } from '../fields.ts';
import { cleaningRuleSettings } from './cleaning.ts';
import { addedItems } from './drawn.ts';
import { defineKind } from './kind.ts';

/** Filters and deduplicates a corpus. */
export const clean = defineKind({
  kind: 'clean',
  version: 6,
  shape: 'step',
  together: true,
  description: 'Keeps the texts of a corpus that are worth learning from: rules for single files, duplicates and near duplicates left out.',
  inputs: {
    corpus: { description: 'Corpus to clean.', types: ['corpus'] },
    grow: {
      description:
        'An earlier result of `clean`, which all stays: of similar texts the one that it has is kept. What was made of it stays as well, and new texts get files of their own.',
      types: ['corpus'],
      optional: true,
    },
    decontaminate: {
      description: 'Test sets of which no text may remain: questions, choices, pairs or texts.',
      types: ['questions', 'choices', 'pairs', 'corpus'],
      many: true,
      optional: true,
    },
  },
  outputs: { out: 'corpus' },
  models: {},
  sources: {},
  settings: Type.Object(
    {
      ...cleaningRuleSettings,
      near: orNull('number', {
        description: 'Leaves out texts whose estimated Jaccard similarity to a text that stays is at least this; null keeps them. Equal texts stay once.',
        minimum: 0.5,
        maximum: 1,
        default: 0.7,
        examples: [0.7, 0.85],
      }),
    },
    closed,
  ),
  items: (_, entering) => ({ out: addedItems(entering('corpus'), entering('grow')) }),
  lengths(_, { entering }) {
    const [added, earlier] = [entering('corpus').item, entering('grow').item];
    return { item: earlier.high === 0 ? added : either(added, earlier) };
  },
});
