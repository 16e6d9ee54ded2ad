import type { SchemaObject } from '../../schemas/index.ts';
import { oneOf } from './near.ts';

/** A value in words, for a sentence. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return `text ${JSON.stringify(shortened(value))}`;
  return typeof value === 'number' ? `the number ${value}` : String(value);
}

/** What a schema accepts, in words. */
export function describeSchema(schema: SchemaObject): string {
  if ('const' in schema) return String(schema['const']);
  if (Array.isArray(schema['enum'])) return oneOf(schema['enum'].map(String)) ?? '';
  const types = [schema['type']].flat().map(String);
  const named = types.map((type) => (type === 'string' ? String(schema['title'] ?? nouns['string']) : (nouns[type] ?? type)));
  const [first = '', ...others] = named;
  return [`${first}${bounds(schema)}`, ...others].join(' or ');
}

/** Text, cut to fit a line. */
export function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const nouns: { [type: string]: string } = {
  integer: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  object: 'a mapping',
  array: 'a list',
  null: 'null',
};

function bounds(schema: SchemaObject): string {
  const low = schema['minimum'];
  const above = schema['exclusiveMinimum'];
  const high = schema['maximum'];
  const below = schema['exclusiveMaximum'];
  if (above !== undefined && below !== undefined) return ` above ${String(above)} and below ${String(below)}`;
  if (below !== undefined) return ` below ${String(below)}`;
  if (low !== undefined && high !== undefined) return ` from ${String(low)} to ${String(high)}`;
  if (above !== undefined && high !== undefined) return ` above ${String(above)} and at most ${String(high)}`;
  if (low !== undefined) return ` of at least ${String(low)}`;
  if (above !== undefined) return ` above ${String(above)}`;
  return high === undefined ? sizeBounds(schema) : ` of at most ${String(high)}`;
}

function sizeBounds(schema: SchemaObject): string {
  const types = [schema['type']].flat();
  const unit = types.includes('string') ? 'characters' : types.includes('object') ? 'keys' : 'items';
  const low = schema['minLength'] ?? schema['minItems'] ?? schema['minProperties'];
  const high = schema['maxLength'] ?? schema['maxItems'];
  if (low !== undefined && high !== undefined) return ` of ${String(low)} to ${String(high)} ${unit}`;
  if (low !== undefined) return ` of at least ${String(low)} ${low === 1 ? unit.slice(0, -1) : unit}`;
  return high === undefined ? '' : ` of at most ${String(high)} ${unit}`;
}
