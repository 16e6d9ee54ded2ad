import { Type } from '@sinclair/typebox';
import { plus } from '../../plan/estimate.ts';
import { closed } from '../fields.ts';
import { seedSetting } from './drawn.ts';
import { defineKind } from './kind.ts';
import { lengthSettings } from './pair/lengths.ts';
import { checkRange } from './range.ts';

/** Joins a preferred and a rejected answer of the same origin under one prompt. */
export const pair = defineKind({
  kind: 'pair',
  version: 13,
  shape: 'map',
  description:
    'Joins the chosen and the rejected answer of each item into a preference pair. An item makes none, and is counted with its reason, where a side cannot be used (`chosen-truncated`, `rejected-no-code`, …) or is missing, both are equal but for comments and white space or nearly equal, a side is in another language (by the tag of its block, or by its grammar where the tag names none), or the chosen code breaks the grammar of its language and the rejected one does not.',
  inputs: {
    prompts: { description: 'Prompts the pairs show, also where an answer saw a clipped one.', types: ['prompts'] },
    chosen: { description: 'Preferred side: answers, or the source code itself.', types: ['responses', 'corpus'] },
    rejected: { description: 'Other side: answers, or the source code itself.', types: ['responses', 'corpus'], differsFrom: 'chosen' },
  },
  outputs: { out: 'pairs' },
  promptFormat: 'code-description',
  models: {},
  sources: {},
  typicalSeconds: 1,
  shows: { made: { prompt: 'prompt', chosen: 'chosen', rejected: 'rejected' } },
  settings: Type.Object(
    {
      min_keep_rate: Type.Number({
        description: 'Fails with class quality when a smaller share of the answers of either side survives.',
        minimum: 0,
        maximum: 1,
        default: 0,
        examples: [0.3],
      }),
      ...lengthSettings,
      seed: seedSetting('Seed of symmetric.'),
      by_tests: Type.Boolean({
        description:
          'Prefers of the two answers the one that passes the greater share of the tests, whichever side it is on; a tie makes no pair. Both sides are of `execute` with `keep: all`.',
        default: false,
        examples: [true],
      }),
    },
    closed,
  ),
  items: (_, entering) => ({ out: entering('prompts') }),
  lengths(_, { entering }) {
    const pair = { prompt: entering('prompts').item, chosen: entering('chosen').item, rejected: entering('rejected').item };
    return { item: plus(plus(pair.prompt, pair.chosen), pair.rejected), pair };
  },
  check: ({ length_ratio }, { name }) => checkRange('length_ratio', length_ratio, name),
});
