import { Type } from '@sinclair/typebox';
import { plus } from '../../plan/estimate.ts';
import { closed } from '../fields.ts';
import { multipliedItems } from './drawn.ts';
import { defineKind } from './kind.ts';
import { checkTemplate, ownTemplates, templateSetting } from './template.ts';

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

const variables = ['question'] as const;

/** Tokens of the worked problems: 385 by SmolLM2's tokenizer, which takes numbers apart; others make fewer. */
const fewShotTokens = { low: 300, high: 420 };

function isShipped(template: string): template is keyof typeof shipped {
  return Object.hasOwn(shipped, template);
}

/** Several sampled solutions for each question. */
export const candidates = defineKind({
  kind: 'candidates',
  version: 6,
  shape: 'map',
  description: 'Asks a model for several solutions of each question.',
  inputs: { questions: { description: 'Questions to solve.', types: ['questions'] } },
  outputs: { out: 'candidates' },
  models: { model: 'Model that solves the questions.' },
  useful: ['truncated', 'stopped-early', 'refused'],
  sources: ownTemplates,
  variables,
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
      template: templateSetting({ what: 'How a question is put', variables, shipped: Object.keys(shipped), inWords: templatesInWords }),
    },
    closed,
  ),
  template: ({ template }) => (isShipped(template) ? shipped[template].file : template),
  templateTokens: ({ template }) => (template === 'few-shot' ? fewShotTokens : null),
  files: ({ template }) => ({ include: [template], exclude: [] }),
  check: ({ template }, step) => checkTemplate(template, step, Object.keys(shipped)),
  items: ({ n }, entering) => ({ out: multipliedItems(entering('questions'), n) }),
  lengths: (_, { entering, answer }) => ({ item: plus(entering('questions').item, answer) }),
});
