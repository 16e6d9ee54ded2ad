import { defineKind } from './kind.ts';
import { respond } from './respond.ts';

/** A model writes tests for the code that each prompt asks for. */
export const writeTests = defineKind({
  ...respond,
  kind: 'write-tests',
  version: 2,
  description: 'Asks a model to write tests for the code that each prompt describes, for `execute`.',
  inputs: { prompts: { description: 'Descriptions of the code to test.', types: ['prompts'] } },
  models: { model: 'Model that writes the tests: the strong one.' },
  shows: { from: { input: 'prompts', column: 'prompt', as: 'prompt' }, made: { tests: 'code' } },
  template: () => 'write-tests.md',
});
