import type { ErrorObject } from 'ajv';
import { ownFields, type SchemaObject } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean, oneOf } from '../diagnostics/near.ts';
import { writtenValue, noInterpolation, noPlace } from './remedies.ts';
import type { Place } from '../diagnostics/source.ts';
import { entryOf, locate, placeOfTree, type Tree } from '../read/tree.ts';
import { describeSchema, describeValue, shortened } from '../diagnostics/words.ts';

/** Errors of a schema as problems at their places in a tree; `path` and `key` lead to the tree. */
export function problemsOf(root: Tree, errors: ErrorObject[], { path, key = null }: { path: string[]; key?: Place | null }): Problem[] {
  const siblings = errors.filter(createFirstOfHome());
  return siblings
    .map((error) => problemOfError(root, error, { inside: pathOf(error), path, key, siblings }))
    .filter((problem) => problem !== null);
}

/**
 * The errors of a schema that are reported: without those that only repeat another error, or say that a plain value is not a
 * param.
 */
export function ownErrors(errors: ErrorObject[]): ErrorObject[] {
  return errors
    .slice(0, looked)
    .filter(
      ({ keyword, schemaPath }) => !['if', 'anyOf', 'propertyNames'].includes(keyword) && !schemaPath.startsWith('#/definitions/param/'),
    );
}

/** The most errors of one schema that are considered; a file with more has one mistake many times. */
const looked = 1_000;

/** Parts of a JSON pointer. */
export function pathOf({ instancePath }: ErrorObject): string[] {
  return instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Passes the first of several keys of one mapping that belong under the same other key: they are reported together. */
function createFirstOfHome(): (error: ErrorObject) => boolean {
  const seen = new Set<string>();
  return (error) => {
    const home = homeOf(error);
    const before = seen.size;
    return home === null || seen.add(`${error.instancePath} ${home}`).size > before;
  };
}

/** The key under which an unknown key belongs. */
export function homeOf({ keyword, parentSchema, params }: ErrorObject): string | null {
  if (keyword !== 'additionalProperties') return null;
  const { additionalProperty: given } = params as { additionalProperty: string };
  const keys = Object.entries(((parentSchema as SchemaObject)['properties'] ?? {}) as { [key: string]: SchemaObject });
  const homes = keys.filter(([, schema]) => Object.hasOwn(schema['properties'] ?? {}, given));
  return homes.length === 1 ? (homes[0]?.[0] ?? null) : null;
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

function problemOfError(root: Tree, error: ErrorObject, where: Where): Problem | null {
  const found = locate(root, where.inside);
  if (!found || (found.tree.kind === 'leaf' && found.tree.broken)) return null;
  const at = placeOfTree(found);
  const schema = (error.parentSchema ?? {}) as SchemaObject;
  const name = [...where.path, ...where.inside].join('.') || 'the file';
  const expected = describeSchema(schema);
  const got = describeValue(error.data);
  switch (error.keyword) {
    case 'additionalProperties':
      return strayKey(found.tree, error, name);
    case 'required':
      return missingKey(found.key ?? (where.inside.length === 0 ? where.key : null) ?? startOfTree(found.tree), error, { ...where, name });
    case 'type':
      return { code: 'E0112', at, message: `${name} has the wrong type`, expected, got, hint: writtenValue(schema, error.data) };
    case 'const':
    case 'enum': {
      const allowed = ((schema['enum'] ?? [schema['const']]) as unknown[]).map(String);
      const text = typeof error.data === 'string' ? error.data : '';
      const alike = allowed.filter((each) => text !== '' && each.startsWith(text));
      const ordered = [...alike, ...allowed.filter((each) => !alike.includes(each))];
      return {
        code: 'E0114',
        at,
        message: `${name} is not one of the allowed values`,
        expected: oneOf(ordered),
        got,
        hint: text === '' ? undefined : didYouMean(text, allowed),
      };
    }
    case 'pattern':
      if (error.propertyName !== undefined) return malformedKey(found.tree, error, name);
      return {
        code: 'E0115',
        at,
        message: `${name} is not well formed`,
        expected,
        got,
        hint: noInterpolation(error.data) ?? noPlace(schema, error.data),
      };
    case 'not':
      return ownField(found.tree, error, name);
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
    case 'minLength':
    case 'maxLength':
      return { code: 'E0113', at, message: `${name} has the wrong size`, expected, got: sizeOfValue(error.data) };
    default:
      return { code: 'E0113', at, message: `${name} is out of range`, expected, got };
  }
}

function strayKey(tree: Tree, error: ErrorObject, name: string): Problem {
  const given = String((error.params as { additionalProperty: string }).additionalProperty);
  const schema = (error.parentSchema as SchemaObject)['properties'] as { [key: string]: SchemaObject } | undefined;
  const home = homeOf(error);
  const all =
    home === null || tree.kind !== 'map'
      ? [given]
      : [...tree.entries.keys()].filter(
          (key) => !Object.hasOwn(schema ?? {}, key) && Object.hasOwn(schema?.[home]?.['properties'] ?? {}, key),
        );
  const [first = given] = all;
  const at = entryOf(tree, first)?.key ?? tree.at;
  const hint =
    home === null
      ? undefined
      : entryOf(tree, home)
        ? `move it into ${home}`
        : `write ${home}: {${all.map((key) => `${key}: …`).join(', ')}}`;
  return unknownKey(all, { at, name, known: Object.keys(schema ?? {}), hint });
}

/** Reports keys that a mapping does not have. */
export function unknownKey(
  given: string[],
  { at, name, known, hint }: { at: Place; name: string; known: string[]; hint?: string | undefined },
): Problem {
  const [first = ''] = given;
  const names = given.map(shortened).join(', ');
  return {
    code: 'E0110',
    at,
    message: `unknown key${given.length > 1 ? 's' : ''} ${names} in ${name}`,
    expected: known.length > 0 ? oneOf(known) : 'no keys',
    got: names,
    hint: hint ?? didYouMean(first, known, 'remove it'),
  };
}

/** A missing key whose parts were written one level too high is reported with those, not a second time as missing. */
function missingKey(at: Place, error: ErrorObject, { siblings, name }: Where & { name: string }): Problem | null {
  const missing = String((error.params as { missingProperty: string }).missingProperty);
  if (siblings.some((other) => other.instancePath === error.instancePath && homeOf(other) === missing)) return null;
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
  const written = nameFrom(given, error);
  return {
    code: 'E0115',
    at: entryOf(tree, given)?.key ?? tree.at,
    message: `the name ${JSON.stringify(shortened(given))} in ${name} is not well formed`,
    expected: describeSchema((error.parentSchema ?? {}) as SchemaObject),
    got: shortened(given),
    hint: written === null ? undefined : `write ${written}`,
  };
}

/** Reports a field of a request that has no place among the further ones. */
function ownField(tree: Tree, { propertyName: field = '' }: ErrorObject, name: string): Problem {
  const key = ownFields[field] ?? null;
  const remedy = key === 'endpoint' ? 'the endpoint names the model: remove it' : `write ${key} beside extra_body`;
  return {
    code: 'E0110',
    at: entryOf(tree, field)?.key ?? tree.at,
    message: `${name} has the field ${field}, which codepmp sets itself`,
    expected: 'fields that have no key of their own',
    got: field,
    hint: key === null ? 'codepmp sets it for each request: remove it' : remedy,
  };
}

function sizeOfValue(value: unknown): string {
  if (typeof value === 'string') return `${value.length} characters`;
  return Array.isArray(value) ? `${value.length} items` : `${Object.keys(value as object).length} keys`;
}

function startOfTree({ at }: Tree): Place {
  return { ...at, end: at.start };
}

/** The text turned into a valid name; null if nothing of it remains, or it is a path. */
export function nameFrom(given: string, { parentSchema }: ErrorObject): string | null {
  const pattern = (parentSchema as SchemaObject | undefined)?.['pattern'];
  const plain = given.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const name = plain.replace(/[^a-z0-9_-]+/g, '-').replace(/^[^a-z0-9]+|-+$/g, '');
  return typeof pattern === 'string' && !given.includes('.') && new RegExp(pattern).test(name) ? name : null;
}
