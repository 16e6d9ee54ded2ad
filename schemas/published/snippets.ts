import { flow, kindWords } from './wording.ts';
import { kindNames, kindOf } from '../kinds/index.ts';
import { withSchema } from '../language/with.ts';
import type { SchemaObject } from '../language/with.ts';

/** A whole that an editor offers; `${1:word}` in a body is a place to type over. */
export interface Snippet {
  label: string;
  description: string;
  body: unknown;
}

/** A step of each kind, with the keys it needs. */
export function stepSnippets(): Snippet[] {
  return kindNames.map((kind) => ({ label: kind, description: kindWords(kindOf(kind)), body: stepBody(kind) }));
}

/** Entries of a map that the user names, from snippets for their values. */
export function entrySnippets(entry: string, snippets: Snippet[], nameFor: (label: string) => string): Snippet[] {
  return snippets.map(({ label, description, body }) => ({
    label: `${entry}: ${label}`,
    description,
    body: { [`\${1:${nameFor(label)}}`]: shifted(body) },
  }));
}

/** An example as a snippet: its values are places to type over, and its keys where the user names them. */
export function exampleSnippet(example: unknown, { ownNames }: { ownNames: boolean }): Snippet {
  let places = 0;
  const place = (text: string): string => `\${${++places}:${text.replace(/[$}\\]/g, '\\$&')}}`;
  const opened = (value: unknown, isOwn: boolean): unknown => {
    if (Array.isArray(value)) return value.map((each) => opened(each, isOwn));
    if (typeof value !== 'object' || value === null) return place(flow(value));
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [isOwn ? place(key) : key, opened(each, false)]));
  };
  return { label: flow(example), description: 'An example to type over.', body: opened(example, ownNames) };
}

/** Params of the usual forms. */
export const paramSnippets: Snippet[] = [
  {
    label: 'a whole number',
    description: 'An integer with a default; minimum and maximum may follow.',
    body: { type: 'integer', default: '${1:1}' },
  },
  { label: 'a number', description: 'A number with a default.', body: { type: 'number', default: '${1:0.5}' } },
  {
    label: 'one of several words',
    description: 'A choice; the default is one of the words.',
    body: { enum: ['${1:wsd}', '${2:wcd}'], default: '${1:wsd}' },
  },
  { label: 'yes or no', description: 'A switch.', body: { type: 'boolean', default: '${1:false}' } },
  {
    label: 'a checkpoint or base weights',
    description: 'The id of a step that trains, or the name of weights: an axis over it rewires the graph.',
    body: { type: 'checkpoint', default: '${1:smollm2-135m-instruct}' },
  },
  {
    label: 'a step',
    description: 'The id of a step or one of its outputs: an axis over it rewires the graph.',
    body: { type: 'step', default: '${1:pairs}' },
  },
];

/** Sweeps of the usual forms. */
export const sweepSnippets: Snippet[] = [
  {
    label: 'every combination',
    description: 'A grid: every value of one param with every value of another.',
    body: { grid: { '${1:param}': ['${2:value}', '${3:value}'] } },
  },
  {
    label: 'one factor at a time',
    description: 'A baseline, and cells that differ from it in one param.',
    body: { baseline: { '${1:param}': '${2:value}' }, vary: { '${1:param}': ['${3:other}'] } },
  },
  {
    label: 'geometric scale',
    description: 'A param that grows by one factor from cell to cell.',
    body: { grid: { '${1:param}': { geometric: { from: '${2:500}', to: '${3:40000}', ratio: '${4:sqrt2}' } } } },
  },
  { label: 'repetitions', description: 'Everything once for each seed.', body: { seeds: ['${1:1}', '${2:2}', '${3:3}'] } },
];

/** A model with the keys it needs. */
export const modelSnippets: Snippet[] = [
  {
    label: 'of an endpoint',
    description: 'An endpoint of the configuration and the longest answer; how it is sampled may follow.',
    body: { endpoint: '${1:local-strong}', max_tokens: '${2:256}' },
  },
];

/** Claims of the usual forms. */
export const claimSnippets: Snippet[] = [
  {
    label: 'one side above another',
    description: 'Cells with one value of a param lie above cells with another.',
    body: {
      id: '${1:name}',
      metric: { step: '${2:accuracy}', name: '${3:accuracy}' },
      of: { '${4:param}': '${5:value}' },
      above: { '${4:param}': '${6:other}' },
    },
  },
];

/** A body whose places make room for one before them. */
function shifted(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body).replace(/\$\{(\d+):/g, (_, place: string) => `\${${Number(place) + 1}:`)) as unknown;
}

function stepBody(kind: string): SchemaObject {
  const { properties, required } = withSchema(kindOf(kind)) as { properties: { [key: string]: SchemaObject }; required: string[] };
  const asked = required.map((key, index) => [key, placeholder(properties[key] ?? {}, 1 + index)]);
  return asked.length === 0 ? { uses: kind } : { uses: kind, with: Object.fromEntries(asked) };
}

/** The place for a value, with its example to type over; a map is shown as it is. */
function placeholder(schema: SchemaObject, index: number): unknown {
  const [example] = (schema['examples'] ?? []) as unknown[];
  const shown = Array.isArray(example) ? (example[0] as unknown) : example;
  if (typeof shown === 'object' && shown !== null) return example;
  const place = `\${${index}:${flow(shown).replace(/[$}\\]/g, '\\$&')}}`;
  return Array.isArray(example) ? [place] : place;
}
