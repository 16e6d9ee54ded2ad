import { namePattern, nameTitle } from '../names.ts';
import type { SchemaObject } from './with.ts';

const name: SchemaObject = { type: 'string', title: nameTitle, pattern: namePattern };
const line: SchemaObject = { type: 'string', minLength: 1, maxLength: 1000 };
const lines: SchemaObject = { type: 'array', minItems: 1, maxItems: 100, items: line };

/** Keys of a selector that are no params. */
const selectorKeys: { [key: string]: SchemaObject } = {
  step: { ...name, description: 'Step that measures. Left out: another part of the view says it.', examples: ['accuracy'] },
  steps: {
    type: 'array',
    minItems: 1,
    maxItems: 100,
    items: name,
    description: 'Steps of a row, one for each column. Left out: `step` says it.',
    examples: [['choice-reclor', 'reclor-on-logiqa2']],
  },
  sweep: { ...name, description: 'Sweep of these cells. Left out: that of the view.', examples: ['main'] },
  metric: { ...line, description: 'Value of the metrics. Left out: accuracy.', examples: ['auc'] },
  n: { type: 'integer', minimum: 1, description: 'Which N of eval/bon. Left out: its largest.', examples: [256] },
  part: { ...line, description: 'Language of the pairs, where their statistics are shown; others: those that no other cell of the view names. Left out: all.', examples: ['Python'] },
  setting: {
    ...line,
    description: 'A setting of the step, in place of a value that it measures. Left out: what is measured.',
    examples: ['schedule.lr'],
  },
  reference: {
    type: 'boolean',
    description: 'Drawn as something to compare with; without a value of x over the whole axis. Left out: false.',
    examples: [true],
  },
  absent: {
    ...line,
    description: 'Why there is nothing to show here. Left out: there is.',
    examples: ['the pipeline has no such source'],
  },
};

/** Names that a selector reads as its own keys; params of these names cannot be selected. */
export const viewSelectorKeys = Object.keys(selectorKeys);

/** Cells of a view, and what is read of them. */
export const viewSelectorSchema: SchemaObject = {
  type: 'object',
  propertyNames: name,
  properties: selectorKeys,
  additionalProperties: { type: ['string', 'number', 'boolean'] },
  description: 'Cells by the values of params, and what is read of them.',
  examples: [{ init: 'pmp', step: 'accuracy' }],
};

const level: SchemaObject = {
  if: { type: 'object' },
  // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { type: 'object', minProperties: 1, maxProperties: 100, additionalProperties: viewSelectorSchema },
  else: { ...name, description: 'A param or group: each of its values. Or step, n, seed: each there is.' },
};

const levels = (description: string, example: unknown): SchemaObject => ({
  type: 'array',
  minItems: 1,
  maxItems: 4,
  items: level,
  description,
  examples: [example],
});

/** A table or a figure of the report. */
export const viewSchema: SchemaObject = {
  type: 'object',
  additionalProperties: false,
  description: 'A table (rows and columns) or a figure (x, lines and panels) of the report.',
  properties: {
    label: { ...line, description: 'What it is called, for a paper. Left out: the report numbers it.', examples: ['Table 5'] },
    title: { ...line, description: 'What it shows. Left out: made from the names in it.', examples: ['Accuracy by number of pairs.'] },
    sweep: { ...name, description: 'Sweep whose cells it shows. Left out: the cells of all sweeps.', examples: ['sizes'] },
    of: { ...viewSelectorSchema, description: 'What all of its cells have in common. Left out: nothing.' },
    rows: levels('Rows of a table: a list of levels, each a param or labels with what they stand for. Left out: one row.', ['rm_pairs']),
    columns: levels('Columns of a table. Left out: a column for each step that measures the value.', [
      { 'With PMP': { init: 'pmp' }, 'Without': { init: '$base' } },
    ]),
    heads: { ...lines, description: 'Headings of the levels of rows. Left out: the names of their params.', examples: [['Model', 'PMP']] },
    published: {
      ...lines,
      description:
        'Numbers printed elsewhere, a text for each row with one number for each column, `-` where there is none. Left out: none.',
      examples: [['0.7226 0.758 0.7538']],
    },
    x: {
      description: 'What runs along the axis of a figure: a param, or n. Left out: it is a table.',
      if: { type: 'object' },
      // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: {
        type: 'object',
        additionalProperties: false,
        required: ['by'],
        properties: {
          by: { ...name, description: 'A param, or n.', examples: ['rm_pairs'] },
          scale: {
            type: 'string',
            enum: ['linear', 'log2', 'log sqrt2', 'category'],
            description: 'Scale of the axis. Left out: the one that fits the values.',
            examples: ['log sqrt2'],
          },
          label: { ...line, description: 'Label of the axis. Left out: the name.', examples: ['Pairs'] },
        },
      },
      else: name,
      examples: ['rm_pairs', { by: 'n', scale: 'log2' }],
    },
    y: { ...line, description: 'Label of the other axis. Left out: the metric.', examples: ['Best-of-N accuracy'] },
    lines: levels('Lines of a figure. Left out: one.', ['init']),
    panels: levels('Panels of a figure. Left out: one for each step that measures the value.', ['step']),
    fit: {
      type: 'string',
      enum: ['power law'],
      description: 'A law drawn through each line, with its band. Left out: none.',
      examples: ['power law'],
    },
    footnotes: { ...lines, description: 'Sentences below it. Left out: none.', examples: [['The paper has another number in its text.']] },
  },
  examples: [{ sweep: 'sizes', rows: ['rm_pairs'], columns: ['step'] }],
};
