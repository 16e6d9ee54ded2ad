import { flow, rangeWords, typeWords, withoutParam } from './wording.ts';
import type { KindDefinition } from '../kinds/kind.ts';
import { acceptParams, type SchemaObject } from '../language/with.ts';

/** A Markdown table; a column that is empty in every row is left out. */
export function table(columns: string[], rows: string[][]): string {
  const shown = columns.map((_, index) => rows.some((row) => (row[index] ?? '') !== ''));
  const line = (cells: string[]) => `| ${cells.filter((_, index) => shown[index]).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A table of the keys of a map, with the keys of maps inside it under dotted names. */
export function keysTable(schema: SchemaObject, { skip = [], deep = true }: { skip?: string[]; deep?: boolean } = {}): string {
  return table(['key', 'takes', 'default', 'what it is', 'example'], rowsOfKeys(schema, '', { skip, deep }));
}

/** The settings of a kind; empty where it has none. */
export function tableOfSettings({ settings }: KindDefinition): string {
  const schema = acceptParams(settings);
  return Object.keys(schema['properties'] as object).length === 0 ? '' : keysTable(schema);
}

/** What a kind reads: artifacts of other steps, models, folders. */
export function inputsTable({ inputs, models, sources }: KindDefinition): string {
  const artifacts = Object.entries(inputs).map(([name, { types, many, optional, orWeights, description }]) => {
    const takes = `${types.join(' or ')}${orWeights ? ', or the name of weights' : ''}`;
    return [inlineCode(name), many ? `a list of ${takes}` : takes, optional ? 'may be left out' : 'asked for', description];
  });
  const called = Object.entries(models).map(([name, description]) => [inlineCode(name), 'the name of a model', 'asked for', description]);
  const folders = Object.entries(sources).map(([name, { description, default: standard, optional }]) => [
    inlineCode(name),
    'the name of a source folder',
    standard === undefined ? (optional ? 'may be left out' : 'asked for') : inlineCode(standard),
    description,
  ]);
  return table(['input', 'takes', '', 'what it is'], [...artifacts, ...called, ...folders]);
}

function inlineCode(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function rowsOfKeys(schema: SchemaObject, prefix: string, { skip, deep }: { skip: string[]; deep: boolean }): string[][] {
  const required = (schema['required'] ?? []) as string[];
  const properties = Object.entries((schema['properties'] ?? {}) as { [key: string]: SchemaObject });
  return properties
    .filter(([key]) => !skip.includes(key))
    .flatMap(([key, each]) => [
      rowOfKey(`${prefix}${key}`, each, required.includes(key)),
      ...(deep ? rowsOfKeys(withoutParam(each), `${prefix}${key}.`, { skip: [], deep }) : []),
    ]);
}

function rowOfKey(path: string, schema: SchemaObject, isRequired: boolean): string[] {
  const [example] = (schema['examples'] ?? []) as unknown[];
  const standard = 'default' in schema ? inlineCode(flow(schema['default'])) : isRequired ? '*asked for*' : '';
  const range = rangeWords(schema);
  const takes = `${typeWords(schema).replaceAll('|', '\\|')}${range ? `, ${range}` : ''}`;
  return [inlineCode(path), takes, standard, String(schema['description'] ?? ''), example === undefined ? '' : inlineCode(flow(example))];
}

/** The schema of what a map or list holds. */
export function entrySchema(schema: SchemaObject = {}): SchemaObject {
  return (schema['additionalProperties'] ?? schema['items'] ?? {}) as SchemaObject;
}
