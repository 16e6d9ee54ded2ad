import { Ajv, type ValidateFunction } from 'ajv';
import type { Json } from '../../plan/index.ts';
import { isEqualJson } from '../../plan/json.ts';
import { planSchema, type SchemaObject } from '../../schemas/index.ts';

/** Differences between a plan and the published schema, as sentences. */
export function planShape(plan: unknown): string[] {
  return violations(planSchema, plan).map(
    (violation) => `the plan does not have the format of this version (${violation}); plan the pipeline again`,
  );
}

/** Violations of a schema: each names the place and what is required there, as the end of a sentence. */
export function violations(schema: SchemaObject, value: unknown): string[] {
  const validate = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const extra = typeof params['additionalProperty'] === 'string' ? ` (${params['additionalProperty']})` : '';
    return `${instancePath === '' ? 'it' : instancePath} ${message}${extra}`;
  });
}

/** The same for a value that the compiler has completed: a key left to its default is a violation, too. */
export function violationsOfFilled(schema: SchemaObject, value: { [key: string]: Json }): string[] {
  const filled = structuredClone(value);
  const found = violations(schema, filled);
  if (found.length > 0) return found;
  return Object.keys(filled)
    .filter((key) => !Object.hasOwn(value, key) || !isEqualJson(filled[key] as Json, value[key] as Json))
    .map((key) => `/${key} leaves out a default`);
}

/** Fills defaults into what it checks; the schema of plans has none. */
const ajv = new Ajv({ strict: false, messages: true, useDefaults: true });

const validators = new WeakMap<object, ValidateFunction>();
