import { Type } from '@sinclair/typebox';
import { closed } from '../fields.ts';
import { defineKind } from './kind.ts';
import { checkTemplate, ownTemplates, templateSetting } from './template.ts';

const shipped = ['write-code'];

const variables = ['description', 'language'] as const;

/** A model writes code for each prompt. */
export const respond = defineKind({
  kind: 'respond',
  version: 5,
  shape: 'map',
  description:
    'Asks a model to write code for each prompt and takes the code out of its answer: the first fenced block whose tag is not that of a shell, of Markdown or of plain text.',
  inputs: { prompts: { description: 'Descriptions of the code to write.', types: ['prompts'] } },
  outputs: { out: 'responses' },
  models: { model: 'Model that writes the code.' },
  sources: ownTemplates,
  variables,
  extracts: true,
  typicalSeconds: 50,
  meanAnswer: 190,
  shows: { from: { input: 'prompts', column: 'prompt', as: 'prompt' }, made: { answer: 'code' } },
  settings: Type.Object(
    {
      template: templateSetting({
        what: 'Wording of the request',
        variables,
        shipped,
        inWords: 'write-code (one code block)',
      }),
    },
    closed,
  ),
  items: (_, entering) => ({ out: entering('prompts') }),
  lengths: (_, { answer }) => ({ item: answer }),
  template: ({ template }) => (shipped.includes(template) ? `${template}.md` : template),
  files: ({ template }) => ({ include: [template], exclude: [] }),
  check: ({ template }, step) => checkTemplate(template, step, shipped),
});
