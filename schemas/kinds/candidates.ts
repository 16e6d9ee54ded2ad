import { Type } from '@sinclair/typebox';
import { plus } from '../../plan/estimate.ts';
import { closed } from '../fields.ts';
import { multipliedItems } from './drawn.ts';
import { defineKind } from './kind.ts';
import type { CheckedStep, Contradiction } from './kind.ts';

/** Prompt templates that come with codepmp. */
const shipped = {
  question: { file: null, words: 'as the data set has it' },
  chat: { file: 'chat.md', words: 'in a chat that asks for steps and an answer' },
  'few-shot': { file: 'few-shot.txt', words: 'after four worked problems' },
  metamath: { file: 'metamath.txt', words: 'as models of MetaMath are trained' },
} as const;

const templatesInWords = Object.entries(shipped)
  .map(([name, { words }]) => `${name} (${words})`)
  .join(', ');

function isShipped(template: string): template is keyof typeof shipped {
  return Object.hasOwn(shipped, template);
}

/** Several sampled solutions for each question. */
export const candidates = defineKind({
  kind: 'candidates',
  version: 4,
  shape: 'map',
  description: 'Asks a model for several solutions of each question.',
  inputs: { questions: { description: 'Questions to solve.', types: ['questions'] } },
  outputs: { out: 'candidates' },
  models: { model: 'Model that solves the questions.' },
  sources: {
    templates: { description: 'Name of a folder with prompt templates of your own, under `sources` of the configuration.', optional: true },
  },
  typicalSeconds: 85,
  shows: { made: { answer: 'text' }, samplesOf: { column: 'question', text: 'rm_prompt' } },
  settings: Type.Object(
    {
      n: Type.Integer({
        description: 'Solutions for each question. A larger number later asks only for those that are missing.',
        minimum: 1,
        maximum: 4096,
        examples: [8],
      }),
      template: Type.String({
        description: `How a question is put: ${templatesInWords}; or a file of the folder templates, with {question} where the question goes: text (.txt) is sent as it is for the model to go on with, Markdown (.md) is a chat whose first paragraph is the system message.`,
        minLength: 1,
        default: 'question',
        examples: Object.keys(shipped),
      }),
    },
    closed,
  ),
  template: ({ template }) => (isShipped(template) ? shipped[template].file : template),
  files: ({ template }) => ({ include: [template], exclude: [] }),
  check: ({ template }, step) => checkTemplate(template, step),
  items: ({ n }, entering) => ({ out: multipliedItems(entering('questions'), n) }),
  lengths: (_, { entering, answer }) => ({ item: plus(entering('questions').item, answer) }),
});

function checkTemplate(template: string, { name, sources }: CheckedStep): Contradiction[] {
  const problem = { key: 'template', got: template };
  if (!sources.includes('templates'))
    return isShipped(template)
      ? []
      : [
          {
            ...problem,
            message: `${name} asks with a template that does not exist`,
            expected: `one of ${Object.keys(shipped).join(', ')}`,
            hint: 'name one of these, or the folder of your own file with templates',
          },
        ];
  if (!isShipped(template) && /\.(md|txt)$/.test(template)) return [];
  return [
    {
      ...problem,
      message: `${name} names a folder of templates and no file of it`,
      expected: 'a file whose name ends in .md or .txt',
      hint: 'name the file with template, or leave templates out',
    },
  ];
}
