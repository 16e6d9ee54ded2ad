import { namePattern, nameTitle } from '../names.ts';
import type { SchemaObject } from './with.ts';

const selector: SchemaObject = {
  type: 'object',
  description:
    'Cells of the sweep, by the values of params; `step` reads the metric from another step. An empty selector is every cell.',
  propertyNames: { type: 'string', title: nameTitle, pattern: namePattern },
  additionalProperties: { type: ['string', 'number', 'boolean'] },
  examples: [{ init: 'pmp', rm_pairs: 500 }],
};

const other: SchemaObject = {
  if: { type: 'object' },
  // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: selector,
  else: { type: 'number', minimum: 0, maximum: 1 },
  examples: [{ init: '$base', rm_pairs: 40000 }, 0.5],
};

/** A sentence over metrics: one side lies above or below another side or a number. */
export const claimSchema: SchemaObject = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'metric'],
  description: 'A sentence over metrics, checked when they are there: holds, fails or undecided.',
  properties: {
    id: { type: 'string', title: nameTitle, pattern: namePattern, description: 'Name of the claim.', examples: ['pmp-helps'] },
    description: { type: 'string', description: 'The claim in words; for readers only. Left out: nothing.', examples: ['500 pairs with pretraining beat 40,000 without.'] },
    sweep: {
      type: 'string',
      title: nameTitle,
      pattern: namePattern,
      description: 'Sweep whose cells are compared. Left out: the cells of all sweeps.',
      examples: ['sample-efficiency'],
    },
    metric: {
      type: 'object',
      additionalProperties: false,
      required: ['step', 'name'],
      description: 'The value that is compared.',
      properties: {
        step: { type: 'string', title: nameTitle, pattern: namePattern, description: 'Step that measures.', examples: ['bon'] },
        name: { type: 'string', enum: ['accuracy', 'auc'], description: 'Value of its metrics.', examples: ['accuracy'] },
        n: { type: 'integer', minimum: 1, description: 'Which N of eval/bon. Left out: its largest.', examples: [256] },
      },
      examples: [{ step: 'bon', name: 'accuracy', n: 256 }],
    },
    of: { ...selector, description: 'The side the claim is about: cells by the values of params. Left out: all cells.' },
    above: { ...other, description: 'What that side lies above: cells, or a share from 0 to 1. Left out: `below` says it.' },
    below: { ...other, description: 'What that side lies below: cells, or a share from 0 to 1. Left out: `above` says it.' },
    margin: { type: 'number', minimum: 0, maximum: 1, description: 'Least difference that counts.', default: 0, examples: [0.02] },
    confidence: {
      type: 'number',
      exclusiveMinimum: 0.5,
      exclusiveMaximum: 1,
      description: 'Confidence of the interval that decides.',
      default: 0.95,
      examples: [0.95],
    },
  },
  examples: [{ id: 'better-than-chance', metric: { step: 'accuracy', name: 'accuracy' }, of: {}, above: 0.5 }],
};
