import { namePattern, nameTitle } from '../names.ts';
import type { SchemaObject } from './with.ts';

/** What a claim has that does not say it. A claim of `near` has no margin. */
export const claimDefaults = { margin: 0, confidence: 0.95 } as const;

const name: SchemaObject = { type: 'string', title: nameTitle, pattern: namePattern };
const size: SchemaObject = { type: 'integer', minimum: 1 };
const many = { type: 'array', minItems: 1, maxItems: 100, uniqueItems: true } as const;

/** Values of params by name. */
const cells: SchemaObject = {
  type: 'object',
  description: 'Cells by the values of params.',
  propertyNames: name,
  additionalProperties: { type: ['string', 'number', 'boolean'] },
  examples: [{ init: 'pmp', rm_pairs: 500 }],
};

const selector: SchemaObject = {
  ...cells,
  properties: {
    step: { ...name, description: 'Step that measures these cells. Left out: that of the metric.', examples: ['bon'] },
    n: { ...size, description: 'Which N of eval/bon for these cells. Left out: that of the metric.', examples: [16] },
    minus: {
      ...cells,
      description:
        'What differs from this side in the cells that are taken off from it: the side is a difference then. Left out: nothing is taken off.',
      examples: [{ init: '$base' }],
    },
  },
};

const cellsOrNumber: SchemaObject = {
  if: { type: 'object' },
  // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: selector,
  else: { type: 'number', minimum: 0, maximum: 1 },
};

/** Cells, a number, or a list of these. */
const others: SchemaObject = {
  if: { type: 'array' },
  // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { ...many, items: cellsOrNumber },
  else: cellsOrNumber,
  examples: [{ init: '$base', rm_pairs: 40000 }, 0.5],
};

/** A sentence over metrics: one side lies above, below or near others, or numbers. */
export const claimSchema: SchemaObject = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'metric'],
  description: 'A statement about metrics, decided once they are measured: it holds, fails or is undecided.',
  properties: {
    id: { ...name, description: 'Name of the claim.', examples: ['pmp-helps'] },
    description: {
      type: 'string',
      description: 'The claim in words; for readers only. Left out: nothing.',
      examples: ['500 pairs with pretraining beat 40,000 without.'],
    },
    sweep: { ...name, description: 'Sweep whose cells are compared. Left out: the cells of all sweeps.', examples: ['sample-efficiency'] },
    metric: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      description: 'The value that is compared.',
      properties: {
        step: { ...name, description: 'Step that measures. Left out: `steps` names several.', examples: ['bon'] },
        steps: {
          ...many,
          items: name,
          description: 'Steps that measure; the claim is about each of them. Left out: `step` names one.',
          examples: [['bon-gsm8k', 'bon-math']],
        },
        name: {
          type: 'string',
          minLength: 1,
          description: 'Value of its metrics: `accuracy`, `auc`, `majority`, a section of a benchmark and so on, as the step measures them.',
          examples: ['accuracy'],
        },
        n: {
          if: { type: 'array' },
          // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
          then: { ...many, items: size },
          else: size,
          description: 'Which N of eval/bon; of a list the claim is about each. Left out: its largest.',
          examples: [256],
        },
      },
      examples: [{ step: 'bon', name: 'accuracy', n: 256 }],
    },
    each: {
      ...many,
      items: name,
      description:
        'Params, or groups of alternatives: the claim is about each of their values. Left out: about the mean over all cells of a side.',
      examples: [['model', 'rm_pairs']],
    },
    of: { ...selector, description: 'The side the claim is about: cells by the values of params. Left out: all cells.' },
    above: {
      ...others,
      description: 'What that side is above: cells, or a number; of a list, each of them. Left out: `below` or `near` says it.',
    },
    below: { ...others, description: 'What that side is below. Left out: `above` or `near` says it.' },
    near: {
      ...others,
      description: 'What that side equals, give or take `within`. Left out: `above` or `below` says it.',
      examples: [{ scheduler: 'wcd' }],
    },
    margin: {
      type: 'number',
      minimum: -1,
      maximum: 1,
      description:
        'Least difference that counts, with `above` and `below`; a negative one allows so much on the other side. Left out: any.',
      examples: [0.02],
    },
    within: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'Largest difference that still counts as none, with `near`. Left out: the claim is not about `near`.',
      examples: [0.02],
    },
    over: {
      enum: ['training', 'items'],
      description:
        'What the claim is about. `training`: the method, judged by how trainings with other seeds differ; undecided where a side has one. `items`: these very models. Left out: `training` where the cells have several seeds, else `items`.',
      examples: ['items'],
    },
    confidence: {
      type: 'number',
      exclusiveMinimum: 0.5,
      exclusiveMaximum: 1,
      description: 'Confidence that the claims of the file are decided with, all together.',
      default: claimDefaults.confidence,
      examples: [0.95],
    },
  },
  examples: [{ id: 'better-than-chance', metric: { step: 'accuracy', name: 'accuracy' }, of: {}, above: 0.5 }],
};
