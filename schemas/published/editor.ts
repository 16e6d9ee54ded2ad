import { flow, rangeWords, typeWords, withoutParam } from './wording.ts';
import { isKind, kindOf } from '../kinds/index.ts';
import { paramPattern } from '../names.ts';
import type { SchemaObject } from '../language/with.ts';

/**
 * A schema with what editors show beside it: the key as title, type and default in the hover text, sentences in place of
 * patterns. It accepts the same files; keywords that only editors know are added here and nowhere else.
 */
export function forEditors(schema: SchemaObject, name: string): SchemaObject {
  return { ...schema, ...texts(schema, name), ...examples(schema, name), ...inside(schema, name) };
}

/** The schemas below one, each under the word for what it describes. */
function inside(schema: SchemaObject, name: string): SchemaObject {
  const parts: SchemaObject = {};
  for (const keyword of ['properties', 'definitions'])
    if (schema[keyword]) parts[keyword] = eachNamed(schema[keyword] as { [key: string]: SchemaObject });
  if (schema['anyOf'])
    parts['anyOf'] = (schema['anyOf'] as SchemaObject[]).map((each) => ({ ...each, ...patternText(each), ...inside(each, name) }));
  if (schema['allOf']) parts['allOf'] = (schema['allOf'] as SchemaObject[]).map((each) => forEditors(each, name));
  if (schema['if']) parts['if'] = exactly(schema['if'] as Condition);
  for (const keyword of ['then', 'else']) if (schema[keyword]) parts[keyword] = forEditors(schema[keyword] as SchemaObject, name);
  for (const keyword of ['additionalProperties', 'items'])
    if (typeof schema[keyword] === 'object') parts[keyword] = forEditors(schema[keyword] as SchemaObject, wordForOne(name));
  if (schema['propertyNames']) parts['propertyNames'] = nameOfEntry(schema['propertyNames'] as SchemaObject, name);
  return parts;
}

function eachNamed(schemas: { [key: string]: SchemaObject }): SchemaObject {
  return Object.fromEntries(Object.entries(schemas).map(([key, each]) => [key, forEditors(each, key)]));
}

function texts(schema: SchemaObject, name: string): SchemaObject {
  if ('$ref' in schema) return {};
  return {
    title: name,
    ...(schema['description'] === undefined ? {} : { markdownDescription: hover(schema) }),
    ...patternText(schema),
    ...(name === 'uses' ? { markdownEnumDescriptions: (schema['enum'] as unknown[]).map(kindText) } : {}),
  };
}

function patternText({ pattern, title }: SchemaObject): SchemaObject {
  return pattern === undefined || title === undefined ? {} : { patternErrorMessage: `Expected: ${String(title)}.` };
}

function hover(schema: SchemaObject): string {
  const plain = withoutParam(schema);
  const facts = [
    'enum' in plain || 'const' in plain || plain['type'] === 'object' ? '' : typeWords(plain),
    rangeWords(plain),
    'default' in schema ? `default \`${flow(schema['default'])}\`` : '',
  ];
  const [example] = ((schema['examples'] ?? []) as unknown[]).filter(isMap);
  const line = facts.filter(Boolean).join(', ');
  return [String(schema['description']), line ? `*${line}*` : '', example === undefined ? '' : `Example: \`${flow(example)}\``]
    .filter(Boolean)
    .join('\n\n');
}

interface Condition {
  properties?: { uses?: { const?: string } };
}

/** While it completes, the server takes a constant for met that only begins with the value: `train/pmp` by `train/pmp-decay`. */
function exactly(condition: Condition): SchemaObject {
  const kind = condition.properties?.uses?.const;
  return kind === undefined ? { ...condition } : { ...condition, properties: { uses: { const: kind, pattern: `^${kind}$` } } };
}

function kindText(kind: unknown): string {
  return isKind(kind) ? kindOf(kind).description : '';
}

/** A key that the user makes up. */
function nameOfEntry(schema: SchemaObject, map: string): SchemaObject {
  const { title: _, ...rest } = schema;
  return { ...rest, title: `name of ${article(wordForOne(map))}`, ...patternText(schema) };
}

/** What is offered as a value: no maps, which the server would call `[object Object]`; a constant and a param need no example. */
function examples(schema: SchemaObject, name: string): SchemaObject {
  if ('const' in schema || schema['pattern'] === paramPattern) return { examples: undefined };
  if (name === 'with' && !schema['properties']) return { doNotSuggest: true, examples: undefined };
  const shown = ((schema['examples'] ?? []) as unknown[]).filter((each) => !isMap(each));
  const isEmptyMap = isMap(schema['default']) && Object.keys(schema['default'] as object).length === 0;
  return { examples: shown.length > 0 ? shown : undefined, ...(isEmptyMap && { default: undefined }) };
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The word for one entry of a map or list. */
function wordForOne(name: string): string {
  return entryWords[name] ?? (name.endsWith('s') ? name.slice(0, -1) : name);
}

const entryWords: { readonly [many: string]: string } = {
  alternatives: 'group',
  group: 'choice',
  choice: 'param',
  grid: 'axis',
  zip: 'axis',
  vary: 'axis',
  axis: 'value',
  baseline: 'param',
  exclude: 'combination',
  include: 'combination',
  combination: 'param',
  of: 'param',
  above: 'param',
  below: 'param',
};

function article(word: string): string {
  return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;
}
