import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import type { Static, TSchema } from '@sinclair/typebox';
import type { Json } from '../plan/index.ts';
import type { SchemaObject } from '../schemas/index.ts';
import type { Problem } from './diagnostic.ts';
import type { Place } from './source.ts';
import { toJson } from './tree.ts';
import type { Tree } from './tree.ts';
import { problemsOf } from './violations.ts';

const common = {
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  messages: false,
  code: { optimize: false },
} as const;
const checker = new Ajv(common);
const filler = new Ajv({ ...common, useDefaults: true });
const compiled = new WeakMap<object, ValidateFunction>();

/** Checks a tree against a schema as it is written; `path` and `key` are what lead to the tree. */
export function checkTree(tree: Tree, schema: SchemaObject, { path = [], key = null }: { path?: string[]; key?: Place | null } = {}): Problem[] {
  const validate = compiled.get(schema) ?? checker.compile(schema);
  compiled.set(schema, validate);
  return validate(toJson(tree)) ? [] : problemsOf(tree, validate.errors ?? [], { path, key });
}

/**
 * Fills in every default and checks the result. `tree` is the value as written and `path` what leads to it in the file. The
 * value is null where something is wrong with it.
 */
export function fill<T extends TSchema>(
  schema: T,
  value: Json,
  { tree, path }: { tree: Tree; path: string[] },
): { value: Static<T> | null; problems: Problem[] } {
  const validate = (compiled.get(schema) ?? filler.compile<Static<T>>(schema)) as ValidateFunction<Static<T>>;
  compiled.set(schema, validate);
  const filled: unknown = structuredClone(value);
  if (validate(filled)) return { value: filled, problems: [] };
  return { value: null, problems: problemsOf(tree, validate.errors ?? [], { path }) };
}
