import { Type } from '@sinclair/typebox';
import { closed } from '../fields.ts';
import { defineKind } from './kind.ts';
import { respond } from './respond.ts';
import { checkTemplate, templateSetting } from './template.ts';

const shipped = ['write-tests'];

/** A model writes tests for the code that each prompt asks for. */
export const writeTests = defineKind({
  ...respond,
  kind: 'write-tests',
  version: 4,
  description: 'Asks a model to write tests for the code that each prompt describes, for `execute`.',
  inputs: { prompts: { description: 'Descriptions of the code to test.', types: ['prompts'] } },
  models: { model: 'Model that writes the tests: the strong one.' },
  shows: { from: { input: 'prompts', column: 'prompt', as: 'prompt' }, made: { tests: 'code' } },
  settings: Type.Object(
    {
      template: templateSetting({
        what: 'Wording of the request',
        variables: respond.variables,
        shipped,
        inWords: 'write-tests (assert statements in one code block)',
      }),
    },
    closed,
  ),
  template: ({ template }) => (shipped.includes(template) ? `${template}.md` : template),
  check: ({ template }, step) => checkTemplate(template, step, shipped),
});
