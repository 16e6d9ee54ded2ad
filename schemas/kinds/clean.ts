import { Type } from '@sinclair/typebox';
import { either } from '../../plan/estimate.ts';
import { closed, orNull } from '../fields.ts';
import { checkNames, cleaningRuleSettings } from './cleaning.ts';
import { addedItems } from './drawn.ts';
import { defineKind } from './kind.ts';
import type { CheckedStep, Contradiction } from './kind.ts';

/** Filters and deduplicates a corpus. */
export const clean = defineKind({
  kind: 'clean',
  version: 8,
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
      description: 'Test sets of which no text may remain: questions, choices, pairs or texts. With `grow`, the earlier result has left them out too.',
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
  check: (settings, step) => [...checkNames(settings, step.name), ...checkGrowth(step)],
});

/** The texts of an earlier corpus all stay, so that one which is looked for in new texts alone may be among them. */
function checkGrowth(step: CheckedStep): Contradiction[] {
  const earlier = step.reads('grow');
  const sought = earlier?.artifacts('decontaminate') ?? [];
  const missing = step.artifacts('decontaminate').filter((name) => !sought.includes(name));
  if (!earlier || missing.length === 0) return [];
  return [
    {
      key: 'decontaminate',
      message: `${step.name} keeps all texts of ${earlier.name}, in which nobody has looked for ${missing.join(', ')}`,
      expected: `test sets that ${earlier.name} leaves out too`,
      got: missing.join(', '),
      hint: `name them under decontaminate of ${earlier.name} as well, or have select leave out what is made of them`,
    },
  ];
}
