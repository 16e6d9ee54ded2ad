import { Type } from '@sinclair/typebox';
import type { Amount } from '../../plan/estimate.ts';
import { choice, closed } from '../fields.ts';
import { defineKind } from './kind.ts';

/** The paper's clipped descriptions: the same prompt with its end taken away. */
export const clip = defineKind({
  kind: 'clip',
  version: 2,
  shape: 'map',
  description: 'Removes a part of each prompt, so that an answer to it knows less of what was asked.',
  inputs: { prompts: { description: 'Prompts to shorten.', types: ['prompts'] } },
  outputs: { out: 'prompts' },
  models: {},
  sources: {},
  typicalSeconds: 0,
  keepsStatus: true,
  shows: { from: { input: 'prompts', column: 'prompt', as: 'prompt before' }, made: { prompt: 'prompt' } },
  settings: Type.Object(
    {
      keep: Type.Number({ description: 'Share of the prompt that stays.', exclusiveMinimum: 0, maximum: 1, examples: [0.5] }),
      unit: choice(['words', 'characters'], { description: 'What the share is counted in.', default: 'words', examples: ['words'] }),
      removes: Type.Optional(
        choice(['end', 'start', 'span'], {
          description: 'Which part goes: the end, the start, or a span whose place is drawn by the text of the prompt. Left out: the end.',
          examples: ['span'],
        }),
      ),
    },
    closed,
  ),
  items: (_, entering) => ({ out: entering('prompts') }),
  lengths: ({ keep }, { entering }) => ({ item: headOf(entering('prompts').item, keep) }),
});

function headOf({ low, high }: Amount, share: number): Amount {
  return { low: low === null ? null : Math.floor(low * share), high: high === null ? null : Math.ceil(high * share) };
}
