import { namePattern, nameTitle } from '../names.ts';
import type { SchemaObject } from './with.ts';

/** A value that an axis gives to a param: plain, or `$name` for the value another param has in the cell. */
const value: SchemaObject = { type: ['string', 'number', 'boolean'] };

const geometric: SchemaObject = {
  type: 'object',
  additionalProperties: false,
  required: ['geometric'],
  properties: {
    geometric: {
      type: 'object',
      additionalProperties: false,
      required: ['from', 'to', 'ratio'],
      description: 'Values that grow by one factor, with both ends; rounded for a whole-number param.',
      properties: {
        from: { type: 'number', exclusiveMinimum: 0, description: 'First value.', examples: [500] },
        to: { type: 'number', exclusiveMinimum: 0, description: 'Last value.', examples: [40000] },
        ratio: {
          description: 'Each value is so many times the one before: a number above 1, or sqrt2.',
          if: { type: 'string' },
          // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
          then: { enum: ['sqrt2'] },
          else: { type: 'number', exclusiveMinimum: 1 },
          examples: ['sqrt2', 2],
        },
      },
      examples: [{ from: 500, to: 40000, ratio: 'sqrt2' }],
    },
  },
};

const axis: SchemaObject = {
  description: 'Values of one param or one group of alternatives: a list, or geometric.',
  if: { type: 'object' },
  // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: geometric,
  else: { type: 'array', minItems: 1, maxItems: 3_000, items: value },
  examples: [['wsd', 'wcd'], { geometric: { from: 500, to: 40000, ratio: 'sqrt2' } }],
};

const point: SchemaObject = axesByName(value, 'A value for each of some params.', { scheduler: 'wsd' });

/** One sweep, which defines cells. Every axis binds a param, or a group of `alternatives` that binds several. */
export const sweepSchema: SchemaObject = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  description: 'Cells of an experiment. The parts multiply: grid, rows of zip, points around the baseline, seeds.',
  properties: {
    description: {
      type: 'string',
      description: 'What the sweep is for; for readers only. Left out: nothing.',
      examples: ['Data scale, with and without pretraining.'],
    },
    grid: axesByName(axis, 'Every combination of the values of these axes. Left out: no axes.', { scheduler: ['wsd', 'wcd'] }),
    zip: axesByName(axis, 'Lists of one length: first with first, second with second. Left out: no lists.', {
      chosen: ['a', 'b'],
      rejected: ['c', 'd'],
    }),
    baseline: { ...point, description: 'The point from which `vary` changes one param at a time. Left out: the defaults of the params.' },
    vary: axesByName(axis, 'Other values of params of the baseline, one param at a time. Left out: no variations.', { scheduler: ['wcd'] }),
    exclude: points('Combinations to drop: those that have all of these values. Left out: none.'),
    include: points('Values to add to the combinations they fit, otherwise combinations of their own; after exclude. Left out: none.'),
    targets: {
      type: 'array',
      minItems: 1,
      maxItems: 1000,
      items: { type: 'string', title: 'id of a step', pattern: namePattern },
      description:
        'Targets of the cells of this sweep; a report shows the measurements among them. Left out: all metrics, and what the file names in `targets`.',
      examples: [['bon']],
    },
    seeds: {
      type: 'array',
      minItems: 1,
      maxItems: 1000,
      items: { type: 'integer', minimum: 0 },
      description: 'Repeats every cell for each value of the param `seed`. Left out: once, with the seed it has.',
      examples: [[1, 2, 3]],
    },
  },
  examples: [{ grid: { scheduler: ['wsd', 'wcd'] }, seeds: [1, 2, 3] }],
};

/** Named choices that bind several params at once. */
export const alternativesSchema: SchemaObject = {
  type: 'object',
  minProperties: 1,
  description: 'A group of choices; the name of a choice is a value of an axis, or of --set.',
  propertyNames: { type: 'string', title: nameTitle, pattern: namePattern },
  additionalProperties: { ...point, description: 'Params and the values they have under this choice.' },
  examples: [{ math: { train: 'math.train', test: 'math.test' } }],
};

function axesByName(schema: SchemaObject, description: string, example: unknown): SchemaObject {
  return {
    type: 'object',
    minProperties: 1,
    description,
    propertyNames: { type: 'string', title: nameTitle, pattern: namePattern },
    additionalProperties: schema,
    examples: [example],
  };
}

function points(description: string): SchemaObject {
  return { type: 'array', minItems: 1, maxItems: 3_000, items: point, description, examples: [[{ scheduler: 'wsd' }]] };
}
