import type { ErrorObject } from 'ajv';
import type { SchemaObject } from '../schemas/index.ts';
import type { Problem } from './diagnostic.ts';
import { didYouMean, nearName, oneOf } from './near.ts';
import { asWritten, noInterpolation, noPlace } from './remedies.ts';
import type { Place } from './source.ts';
import { entryOf, locate, placeOf } from './tree.ts';
import type { Tree } from './tree.ts';
import { describeSchema, describeValue, shortened } from './words.ts';

/** What a schema finds wrong in a tree, as problems at the places meant; `path` and `key` are what lead to the tree. */
export function problemsOf(root: Tree, errors: ErrorObject[], { path, key = null }: { path: string[]; key?: Place | null }): Problem[] {
  const own = errors.slice(0, looked).filter(isOwn);
  return own
    .map((error) => problemOf(root, error, { inside: pathOf(error), path, key, siblings: own }))
    .filter((problem) => problem !== null);
}

/** Errors of one schema that are looked at; a file with more has one mistake many times. */
const looked = 1_000;

/** Parts of a JSON pointer. */
export function pathOf({ instancePath }: ErrorObject): string[] {
  return instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Left out: what only says that another error happened, and that a plain value is no param. */
function isOwn({ keyword, schemaPath }: ErrorObject): boolean {
  return !['if', 'anyOf', 'propertyNames'].includes(keyword) && !schemaPath.startsWith('#/definitions/param/');
}

interface Where {
  /** From the tree to the place. */
  inside: string[];
  /** From the file to the tree. */
  path: string[];
  /** Key of the tree in the file. */
  key: Place | null;
  siblings: ErrorObject[];
}

function problemOf(root: Tree, error: ErrorObject, where: Where): Problem | null {
  const found = locate(root, where.inside);
  if (!found || (found.tree.kind === 'leaf' && found.tree.broken)) return null;
  const at = placeOf(found);
  const schema = (error.parentSchema ?? {}) as SchemaObject;
  const name = [...where.path, ...where.inside].join('.') || 'the file';
  const expected = describeSchema(schema);
  const got = describeValue(error.data);
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(found.tree, error, name);
    case 'required':
      return missingKey(found.key ?? (where.inside.length === 0 ? where.key : null) ?? start(found.tree), error, { ...where, name });
    case 'type':
      return { code: 'E0112', at, message: `${name} has the wrong type`, expected, got, hint: asWritten(schema, error.data) };
    case 'const':
    case 'enum': {
      const allowed = ((schema['enum'] ?? [schema['const']]) as unknown[]).map(String);
      const text = typeof error.data === 'string' ? error.data : '';
      const alike = allowed.filter((each) => text !== '' && each.startsWith(text));
      const ordered = [...alike, ...allowed.filter((each) => !alike.includes(each))];
      return { code: 'E0114', at, message: `${name} is none of the allowed values`, expected: oneOf(ordered), got, hint: text === '' ? undefined : didYouMean(text, allowed) };
    }
    case 'pattern':
      if (error.propertyName !== undefined) return malformedKey(found.tree, error, name);
      return { code: 'E0115', at, message: `${name} is not well formed`, expected, got, hint: noInterpolation(error.data) ?? noPlace(error.data) };
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
    case 'minLength':
    case 'maxLength':
      return { code: 'E0113', at, message: `${name} has the wrong size`, expected, got: sizeOf(error.data) };
    default:
      return { code: 'E0113', at, message: `${name} is out of range`, expected, got };
  }
}

function unknownKey(tree: Tree, error: ErrorObject, name: string): Problem {
  const given = String((error.params as { additionalProperty: string }).additionalProperty);
  const known = Object.keys((error.parentSchema as SchemaObject)['properties'] ?? {});
  return {
    code: 'E0110',
    at: entryOf(tree, given)?.key ?? tree.at,
    message: `unknown key ${shortened(given)} in ${name}`,
    expected: known.length > 0 ? oneOf(known) : 'no keys',
    got: shortened(given),
    hint: didYouMean(given, known, 'remove it'),
  };
}

/** A key that was misspelt is reported as unknown and not once more as missing. */
function missingKey(at: Place, error: ErrorObject, { siblings, name }: Where & { name: string }): Problem | null {
  const missing = String((error.params as { missingProperty: string }).missingProperty);
  const misspelt = siblings.some(
    (other) =>
      other.keyword === 'additionalProperties' &&
      other.instancePath === error.instancePath &&
      nearName(String((other.params as { additionalProperty: string }).additionalProperty), [missing]) !== null,
  );
  if (misspelt) return null;
  const properties = ((error.parentSchema as SchemaObject)['properties'] ?? {}) as { [key: string]: SchemaObject };
  const [description] = String(properties[missing]?.['description'] ?? '').split('\n');
  return {
    code: 'E0111',
    at,
    message: `${name} lacks the key ${missing}`,
    expected: description ? `${missing}: ${description}` : missing,
    hint: `add ${missing}`,
  };
}

function malformedKey(tree: Tree, error: ErrorObject, name: string): Problem {
  const given = error.propertyName ?? '';
  return {
    code: 'E0115',
    at: entryOf(tree, given)?.key ?? tree.at,
    message: `the name ${JSON.stringify(shortened(given))} in ${name} is not well formed`,
    expected: describeSchema((error.parentSchema ?? {}) as SchemaObject),
    got: shortened(given),
  };
}

function sizeOf(value: unknown): string {
  if (typeof value === 'string') return `${value.length} characters`;
  return Array.isArray(value) ? `${value.length} items` : `${Object.keys(value as object).length} keys`;
}

function start({ at }: Tree): Place {
  return { ...at, end: at.start };
}
