import { Ajv, type ValidateFunction } from 'ajv';
import type { Static, TSchema } from '@sinclair/typebox';
import type { Json } from '../../plan/index.ts';
import type { SchemaObject } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Place } from '../diagnostics/source.ts';
import { givenKey, meantKeys, withMeantKeys } from './meant-keys.ts';
import { locate, toJson, type Tree } from '../read/tree.ts';
import { ownErrors, pathOf, problemsOf } from './violations.ts';

const common = {
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  messages: false,
  validateSchema: false,
  code: { optimize: false },
} as const;
const checker = new Ajv(common);
const filler = new Ajv({ ...common, useDefaults: true });
const compiled = new WeakMap<object, ValidateFunction>();

/**
 * Checks a tree against a schema as written; `path` and `key` lead to the tree. In the tree that is returned, misspelt keys have the
 * names that were meant, under which their values were checked.
 */
export function checkTree(
  tree: Tree,
  schema: SchemaObject,
  { path = [], key = null }: { path?: string[]; key?: Place | null } = {},
): { tree: Tree; problems: Problem[] } {
  const validate = compiled.get(schema) ?? checker.compile(schema);
  compiled.set(schema, validate);
  if (validate(toJson(tree))) return { tree, problems: [] };
  const errors = ownErrors(validate.errors ?? []);
  const meant = meantKeys(tree, errors);
  if (meant.size === 0) return { tree, problems: problemsOf(tree, errors, { path, key }) };
  const ofKeys = errors.filter((error) => meant.get(locate(tree, pathOf(error))?.tree ?? tree)?.has(givenKey(error) ?? ''));
  const read = checkTree(withMeantKeys(tree, meant), schema, { path, key });
  return { tree: read.tree, problems: [...problemsOf(tree, ofKeys, { path, key }), ...read.problems] };
}

/**
 * Fills every default into a value, in place, and checks the result. `tree` is the value as written, and `path` leads to it in the
 * file. The value is null if it has errors.
 */
export function fillDefaults<T extends TSchema>(
  schema: T,
  value: Json,
  { tree, path }: { tree: Tree; path: string[] },
): { value: Static<T> | null; problems: Problem[] } {
  const validate = (compiled.get(schema) ?? filler.compile<Static<T>>(schema)) as ValidateFunction<Static<T>>;
  compiled.set(schema, validate);
  if (validate(value)) return { value, problems: [] };
  return { value: null, problems: problemsOf(tree, ownErrors(validate.errors ?? []), { path }) };
}
