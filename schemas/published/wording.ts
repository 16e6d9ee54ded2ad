import { namePattern, nameTitle } from '../names.ts';
import type { SchemaObject } from '../language/with.ts';

/** The type of a value in a word or two, as tables and hover texts show it: `integer`, `list of text`, `text or null`. */
export function typeWords(schema: SchemaObject): string {
  const plain = withoutParam(schema);
  if ('const' in plain) return JSON.stringify(plain['const']);
  const words = (plain['enum'] ?? []) as unknown[];
  if (words.length > 0) return words.length > mostWords ? `one of ${words.length} words` : words.map(String).join(' | ');
  if (plain['then'] && plain['else']) return `${typeWords(plain['then'] as SchemaObject)} or ${typeWords(plain['else'] as SchemaObject)}`;
  const types = [plain['type'] ?? []].flat().map(String);
  if (types.join() === 'string,number,boolean') return 'a single value';
  return types.map((type) => wordOf(type, plain)).join(' or ');
}

/** Words of a closed list that are shown one by one. */
const mostWords = 8;

/** The range of a number or a size in signs: `≥ 1`, `0 … 1`, `> 0, ≤ 1`; empty where there is none. */
export function rangeWords(schema: SchemaObject): string {
  const plain = withoutParam(schema);
  if ((plain['type'] === 'array' || plain['type'] === 'string') && !('enum' in plain)) return sizeWords(plain);
  return between({ least: plain['minimum'], above: plain['exclusiveMinimum'], most: plain['maximum'], below: plain['exclusiveMaximum'] });
}

/** A value as one writes it on one line of YAML. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value).map(([key, each]) => `${key}: ${flow(each)}`).join(', ')}}`;
  if (typeof value === 'number') return numberText(value);
  return typeof value === 'string' && isPlain(value) ? value : JSON.stringify(value);
}

/** A value that may be a param instead, without that; other schemas as they are. */
export function withoutParam(schema: SchemaObject): SchemaObject {
  const [first, second] = (schema['anyOf'] ?? []) as SchemaObject[];
  return first && second && '$ref' in second ? first : schema;
}

/** Text that YAML reads as itself, also between braces. */
function isPlain(text: string): boolean {
  return /^[A-Za-z$/.][\w./@$:-]*$/.test(text) && !/:$|^\.\d|^(?:true|false|null|yes|no|on|off)$/i.test(text);
}

function wordOf(type: string, schema: SchemaObject): string {
  if (type === 'object') return 'map';
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return listWords((schema['items'] ?? {}) as SchemaObject);
  if (type === 'string')
    return schema['pattern'] === namePattern && schema['title'] === nameTitle ? 'name' : String(schema['title'] ?? 'text');
  return type;
}

function listWords(items: SchemaObject): string {
  const word = typeWords(items);
  return word === 'a single value' || word === '' ? 'list of values' : `list of ${word}`;
}

function sizeWords(schema: SchemaObject): string {
  const unit = schema['type'] === 'array' ? 'items' : 'characters';
  const range = between({ least: schema['minItems'] ?? schema['minLength'], most: schema['maxItems'] ?? schema['maxLength'] });
  return range && `${range} ${range === '≥ 1' ? unit.slice(0, -1) : unit}`;
}

function between({ least, above, most, below }: { least?: unknown; above?: unknown; most?: unknown; below?: unknown }): string {
  if (least !== undefined && most !== undefined) return `${numberWords(least)} … ${numberWords(most)}`;
  const parts = [
    least === undefined ? '' : `≥ ${numberWords(least)}`,
    above === undefined ? '' : `> ${numberWords(above)}`,
    most === undefined ? '' : `≤ ${numberWords(most)}`,
    below === undefined ? '' : `< ${numberWords(below)}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function numberWords(value: unknown): string {
  return Number(value).toLocaleString('en');
}

function numberText(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}
