import { Type } from '@sinclair/typebox';
import type { Static, TSchema } from '@sinclair/typebox';
import { closed } from './fields.ts';
import type { SchemaObject } from './language/with.ts';

/** Version of `report.json`. It grows when something is taken away or means something else. */
export const reportFormat = 2;

const text = (description: string) => Type.String({ description });
const numberOrNull = (description: string) => Type.Unsafe<number | null>({ type: ['number', 'null'], description });
const textOrNull = (description: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], description });
const listOf = <T extends TSchema>(item: T, description: string) => Type.Array(item, { description });
const count = (description: string) => Type.Integer({ description, minimum: 0 });
const sources = listOf(count('Place in sources, from 0.'), 'Results that it was made of.');

const estimate = Type.Object(
  {
    value: numberOrNull('The number, mean over seeds where there are several; null where there is none.'),
    interval: Type.Unsafe<[low: number, high: number] | null>({
      anyOf: [{ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 }, { type: 'null' }],
      description: 'Ends of its interval.',
    }),
    n: count('Items (pairs, questions) that it rests on.'),
    clusters: Type.Optional(count('Independent clusters of the items; left out where each item is one.')),
    seeds: Type.Optional(listOf(Type.Integer(), 'Seeds of the trainings that it is a mean over.')),
    target: Type.Optional(
      Type.Unsafe<'models' | 'method'>({
        type: 'string',
        enum: ['models', 'method'],
        description: 'What the interval speaks about: these models, or the method that trains such models.',
      }),
    ),
    method: text('How the interval was made.'),
  },
  { ...closed, description: 'A number with what it rests on.' },
);

const inCell = {
  published: Type.Optional(text('The value that was published, as it was printed.')),
  best: Type.Optional(Type.Boolean({ description: 'The best of its column in its group of rows.' })),
  reason: Type.Optional(text('Why there is no value.')),
  sources: Type.Optional(sources),
};

const signed = Type.Optional(Type.Boolean({ description: 'A difference, shown with its sign.' }));

const cell = Type.Union([
  Type.Object({ cell: Type.Literal('text'), text: text('What it says.'), ...inCell }, closed),
  Type.Object({ cell: Type.Literal('count'), value: numberOrNull('A whole number.') }, closed),
  Type.Object(
    { cell: Type.Literal('number'), value: numberOrNull('A number.'), digits: count('Digits that are shown.'), signed },
    closed,
  ),
  Type.Object({ cell: Type.Literal('p'), value: Type.Number({ description: 'A probability value.' }) }, closed),
  Type.Object(
    {
      cell: Type.Literal('estimate'),
      estimate,
      signed,
      showN: Type.Optional(Type.Boolean({ description: 'Its n is shown in the cell.' })),
      ...inCell,
    },
    closed,
  ),
]);

const row = Type.Object(
  {
    cells: listOf(cell, 'One for each column.'),
    sources,
    tone: Type.Unsafe<'model' | 'baseline' | 'plain'>({
      type: 'string',
      enum: ['model', 'baseline', 'plain'],
      description: 'A baseline steps back behind the models.',
    }),
    series: Type.Optional(count('Place of the model among the colours.')),
  },
  closed,
);

const column = Type.Object(
  {
    heads: listOf(Type.String(), 'Headings, outermost first; together unique in the table.'),
    align: Type.Unsafe<'left' | 'right'>({ type: 'string', enum: ['left', 'right'], description: 'How its text is aligned.' }),
    scale: Type.Optional(
      Type.Object(
        { low: Type.Number(), high: Type.Number(), reference: Type.Number(), label: Type.String() },
        { ...closed, description: 'Scale on which its intervals are drawn as well.' },
      ),
    ),
  },
  closed,
);

const named = {
  id: text('Unique in the report; a label in LaTeX.'),
  name: text('As it is called, for example Table 1.'),
  view: textOrNull('View of the pipeline file that it shows; null for the details of the report itself.'),
  caption: text('What it shows.'),
  notes: listOf(Type.String(), 'Notes for the reader.'),
};

const table = Type.Object(
  {
    block: Type.Literal('table'),
    ...named,
    rowHeads: count('Columns, from the first, that are heads of the rows.'),
    columns: listOf(column, 'From left to right.'),
    groups: listOf(
      Type.Object({ heading: textOrNull('Above its rows.'), rows: listOf(row, 'From top to bottom.') }, closed),
      'Groups of rows.',
    ),
    folded: Type.Optional(Type.Boolean({ description: 'Shown on demand where a format can.' })),
  },
  { ...closed, description: 'A table.' },
);

const axis = Type.Object(
  {
    label: text('What it measures.'),
    scale: Type.Unsafe<'linear' | 'log2' | 'log sqrt2' | 'category'>({
      type: 'string',
      enum: ['linear', 'log2', 'log sqrt2', 'category'],
      description: 'How values become places; categories count from 0.',
    }),
    ticks: listOf(Type.Object({ at: Type.Number(), label: Type.String() }, closed), 'Marked places.'),
  },
  closed,
);

const law = Type.Object(
  {
    limit: Type.Number({ description: 'a of a − b·x^−c: where the curve leads as x grows.' }),
    factor: Type.Number({ description: 'b.' }),
    exponent: Type.Number({ description: 'c.' }),
    from: Type.Number({ description: 'Least x that was measured.' }),
    to: Type.Number({ description: 'Largest x that was measured.' }),
    band: listOf(
      Type.Object({ x: Type.Number(), value: Type.Number(), low: Type.Number(), high: Type.Number() }, closed),
      'The curve with its 95 % band, within the measured range.',
    ),
    residuals: listOf(Type.Object({ x: Type.Number(), residual: Type.Number() }, closed), 'Measured minus fitted.'),
  },
  { ...closed, description: 'A power law with offset through the points.' },
);

const series = Type.Object(
  {
    label: text('Name of the line.'),
    role: Type.Unsafe<'series' | 'reference'>({ type: 'string', enum: ['series', 'reference'], description: 'A reference is compared with.' }),
    style: count('Place among the colours, dashes and markers of its role.'),
    points: listOf(
      Type.Object({ x: Type.Number(), estimate, sources, reason: Type.Optional(text('Why there is no value.')) }, closed),
      'By rising x.',
    ),
    law: Type.Optional(law),
  },
  { ...closed, description: 'A line of a figure.' },
);

const panel = Type.Object(
  {
    title: textOrNull('Above the panel.'),
    x: axis,
    y: Type.Object({ label: text('What it measures.'), zero: Type.Boolean({ description: 'The axis begins at 0.' }) }, closed),
    series: listOf(series, 'Lines, at most six of them series.'),
    whiskers: Type.Boolean({ description: 'Intervals are drawn.' }),
  },
  { ...closed, description: 'One set of axes.' },
);

const figure = Type.Object(
  { block: Type.Literal('figure'), ...named, panels: listOf(panel, 'From left to right, row by row.'), sources },
  { ...closed, description: 'A figure as data. Its drawings are beside the report as ID.svg and ID.pdf.' },
);

const section = Type.Object(
  {
    id: text('Unique in the report.'),
    heading: text('Above the section.'),
    short: text('The same in the list of contents.'),
    paragraphs: listOf(Type.String(), 'Before the tables and figures.'),
    blocks: listOf(Type.Union([table, figure]), 'Tables and figures in order.'),
  },
  closed,
);

/** `report.json`: everything that a report says, as data; all other formats are made from it. */
export const reportSchema = Type.Object(
  {
    format: Type.Literal(reportFormat, { description: 'Version of this format.' }),
    title: text('Title of the report.'),
    plan: text('Name of the plan.'),
    run: textOrNull('The run, where it is known.'),
    created: text('When it was made, ISO 8601.'),
    note: textOrNull('Said before anything else.'),
    summary: listOf(Type.Object({ lead: Type.String(), text: Type.String() }, closed), 'The results in at most ten sentences.'),
    sections: listOf(section, 'In the order of the page.'),
    missing: listOf(Type.Object({ step: Type.String(), why: Type.String() }, closed), 'Results that were asked for and are not there.'),
    sources: listOf(
      Type.Object(
        {
          step: text('Step with the params that tell it from others.'),
          key: text('Result key of the node.'),
          artifact: text('Digest of the manifest of its artifact; the store has it as blobs/FIRST TWO DIGITS/DIGEST.'),
          at: Type.Optional(
            Type.Object(
              { file: Type.Optional(Type.String()), line: Type.Integer() },
              { ...closed, description: 'Where the step is written; without a file: in the one that was submitted.' },
            ),
          ),
        },
        closed,
      ),
      'Results that the report is made of.',
    ),
  },
  { ...closed, title: 'codepmp report', description: 'A report as data.' },
);

/** The published schema of `report.json` (draft-07). */
export function publishedReportSchema(): SchemaObject {
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...reportSchema };
}

export type ReportDocument = Static<typeof reportSchema>;
export type ReportSection = Static<typeof section>;
export type ReportTable = Static<typeof table>;
export type ReportFigure = Static<typeof figure>;
export type FigurePanel = Static<typeof panel>;
export type FigureSeries = Static<typeof series>;
export type FittedLaw = Static<typeof law>;
export type TableColumn = Static<typeof column>;
export type TableRow = Static<typeof row>;
export type TableCell = Static<typeof cell>;
export type ShownEstimate = Static<typeof estimate>;
