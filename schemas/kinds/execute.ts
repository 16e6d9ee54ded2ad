import { Type } from '@sinclair/typebox';
import { choice, closed } from '../fields.ts';
import { defineKind } from './kind.ts';

/** Answers chosen by what they do: they run with tests, in a sandbox. */
export const execute = defineKind({
  kind: 'execute',
  version: 10,
  shape: 'map',
  description:
    'Runs each Python answer with tests and keeps those that pass all of them, those that do not, or all with the share that they pass. Needs bubblewrap: without its sandbox nothing runs.',
  inputs: {
    prompts: { description: 'Prompts that were answered; those in another language than Python have no answer that is kept.', types: ['prompts'] },
    answers: { description: 'Answers to run.', types: ['responses'] },
    tests: { description: 'Tests for the same prompts, of `write-tests`.', types: ['responses'] },
  },
  outputs: { out: 'responses' },
  models: {},
  sources: {},
  typicalSeconds: 10,
  shows: { made: { answer: 'code' } },
  settings: Type.Object(
    {
      keep: choice(['passed', 'failed', 'all'], {
        description:
          'Answers that stay: those that pass all tests; those that fail one, do not end or do not start; or all of them, for `by_tests` of `pair`.',
        default: 'passed',
        examples: ['failed'],
      }),
      seconds: Type.Integer({ description: 'Time that an answer may take with its tests, in seconds; waiting for a processor does not count.', minimum: 1, default: 10, examples: [10] }),
      megabytes: Type.Integer({ description: 'Memory that it may take with all its processes and files, in MiB.', minimum: 64, default: 512, examples: [512] }),
    },
    closed,
  ),
  items: (_, entering) => ({ out: entering('answers') }),
  lengths: (_, { entering }) => ({ item: entering('answers').item }),
});
