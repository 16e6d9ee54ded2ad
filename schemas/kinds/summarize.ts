import { Type } from '@sinclair/typebox';
import { choice, closed, orNull } from '../fields.ts';
import { defineKind } from './kind.ts';
import { checkRange } from './range.ts';
import { checkTemplate, ownTemplates, templateSetting } from './template.ts';

const shipped = ['describe-code'];

const variables = ['code', 'language'] as const;

/** A model describes each source file; the description becomes the prompt. */
export const summarize = defineKind({
  kind: 'summarize',
  version: 5,
  shape: 'map',
  description: 'Asks a model to describe each file of a corpus; the description becomes a prompt.',
  inputs: { corpus: { description: 'Files to describe.', types: ['corpus'] } },
  outputs: { out: 'prompts' },
  models: { model: 'Model that writes the descriptions.' },
  sources: ownTemplates,
  variables,
  typicalSeconds: 40,
  meanAnswer: 147,
  shows: { from: { input: 'corpus', column: 'text', as: 'code' }, made: { prompt: 'prompt' } },
  settings: Type.Object(
    {
      template: templateSetting({
        what: 'Wording of the request',
        variables,
        shipped,
        inWords: 'describe-code (60 to 120 words of plain English)',
      }),
      cut: choice(['sentence', 'none'], {
        description: 'What happens to a description that stopped at max_tokens: cut to its last whole sentence, or left as it is.',
        default: 'sentence',
        examples: ['sentence'],
      }),
      words: Type.Object(
        {
          min: Type.Integer({ description: 'Fewest words.', minimum: 0, default: 1, examples: [5] }),
          max: orNull('integer', { description: 'Most words; null: no limit.', minimum: 1, default: null, examples: [200] }),
        },
        {
          ...closed,
          description: 'A description with fewer or more words is rejected.',
          default: { min: 1, max: null },
          examples: [{ min: 5, max: 200 }],
        },
      ),
      max_repeated: orNull('number', {
        description:
          'Drops a description as `repeats-code` when a larger share of it only repeats its file: words and signs of which eight or more in a row are also in the file. null drops none; one with more than 0.2 is kept, and counted by the flag `repeats-code`.',
        minimum: 0,
        maximum: 1,
        default: null,
        examples: [0.2],
      }),
    },
    closed,
  ),
  items: (_, entering) => ({ out: entering('corpus') }),
  lengths: (_, { answer }) => ({ item: answer }),
  template: ({ template }) => (shipped.includes(template) ? `${template}.md` : template),
  files: ({ template }) => ({ include: [template], exclude: [] }),
  check: ({ words, template }, step) => [...checkRange('words', words, step.name), ...checkTemplate(template, step, shipped)],
});
