import { Type } from '@sinclair/typebox';
import type { TProperties } from '@sinclair/typebox';
import type { PlanView } from '../plan/index.ts';
import { closed } from './fields.ts';

const text = (description: string, example: string) => Type.String({ description, examples: [example] });
const texts = (description: string, example: string) => Type.Array(Type.String(), { description, examples: [[example]] });

const cell = Type.Object(
  {
    nodes: texts('Nodes that are folded into it, one for each seed.', 'accuracy'),
    seeds: Type.Array(Type.Number(), { description: 'The seed of each node.', examples: [[1, 2, 3]] }),
    metric: text('Value of their metrics; empty where none is read.', 'accuracy'),
    n: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'Which N of Best-of-N; null: the largest.', examples: [256] }),
    part: Type.Optional(text('A part of the items. Left out: all.', 'Python')),
    text: Type.Optional(text('A setting. Left out: it shows a number.', '3e-6')),
    published: Type.Optional(text('The number as printed elsewhere. Left out: none was.', '0.758')),
    reason: Type.Optional(text('Why it is empty. Left out: it is not.', 'no cell of the sweep sizes has rm_pairs=500')),
  },
  { ...closed, description: 'A cell: the nodes behind it.' },
);

const axis = Type.Object(
  {
    label: text('What runs along it.', 'rm_pairs'),
    scale: Type.Unsafe<string>({ enum: ['linear', 'log2', 'log sqrt2', 'category'], description: 'Its scale.', examples: ['log2'] }),
    ticks: Type.Array(
      Type.Object({ at: Type.Number({ description: 'Position.', examples: [500] }), label: text('Label.', '500') }, closed),
      { description: 'Its ticks.', examples: [[{ at: 500, label: '500' }]] },
    ),
  },
  { ...closed, description: 'The x axis.', examples: [{ label: 'rm_pairs', scale: 'log2', ticks: [] }] },
);

const line = Type.Object(
  {
    label: text('What it is.', 'with pretraining'),
    role: Type.Unsafe<string>({ enum: ['series', 'reference'], description: 'How it is drawn.', examples: ['series'] }),
    points: Type.Array(Type.Object({ x: Type.Number({ description: 'Position.', examples: [500] }), cell }, closed), {
      description: 'By rising x.',
      examples: [[]],
    }),
  },
  { ...closed, description: 'A line.' },
);

const panel = Type.Object(
  {
    title: text('Title.', 'GSM8K'),
    x: axis,
    y: Type.Object(
      { label: text('What is measured.', 'accuracy') },
      { ...closed, description: 'The y axis.', examples: [{ label: 'accuracy' }] },
    ),
    lines: Type.Array(line, { description: 'Its lines.', examples: [[]] }),
    fit: Type.Unsafe<string | null>({ enum: ['power law', null], description: 'Law through each series; null: none.', examples: [null] }),
  },
  { ...closed, description: 'One set of axes.' },
);

const viewOf = (own: TProperties) =>
  Type.Object(
    {
      name: text('Name in the file.', 'sizes'),
      label: text('As the paper calls it; empty where it does not.', 'Table 5'),
      title: text('What it shows.', 'Accuracy by number of pairs.'),
      footnotes: texts('Below it.', 'The paper prints 0.550 here.'),
      once: texts('Steps that train once for all seeds.', 'pmp'),
      ...own,
    },
    closed,
  );

const row = Type.Object(
  { heads: texts('Its headings.', '500'), cells: Type.Array(cell, { description: 'A cell for each column.', examples: [[]] }) },
  closed,
);

/** A view in a plan. */
export const planViewSchema = Type.Unsafe<PlanView>({
  description: 'A table or a figure of the report, with the nodes behind each cell.',
  anyOf: [
    viewOf({
      form: Type.Literal('table', { description: 'A table.', examples: ['table'] }),
      rowHeads: texts('Heading of each column of row heads.', 'rm_pairs'),
      columnHeads: Type.Array(Type.Array(Type.String()), { description: 'Levels of headings.', examples: [[['accuracy']]] }),
      rows: Type.Array(row, { description: 'Its rows.', examples: [[]] }),
    }),
    viewOf({
      form: Type.Literal('figure', { description: 'A figure.', examples: ['figure'] }),
      panels: Type.Array(panel, { description: 'Its panels.', examples: [[]] }),
    }),
  ],
});
