import type { SchemaObject } from '../language/with.ts';
import { entrySchema } from './tables.ts';

/**
 * The schema of pipelines for editors, which see one file at a time. A file that extends another may leave out what the other
 * one has, remove it by `null`, give a param a new default and write claims by id; every other file has to be whole. The check
 * sees the merged file and needs none of this. `shipped` are the pipelines that may be named.
 */
export function orExtending(schema: SchemaObject, shipped: string[]): SchemaObject {
  const { properties, definitions, ...rest } = schema as { properties: SchemasByKey; definitions: SchemasByKey };
  const { codepmp = {}, name = {}, extends: base, params = {}, claims = {}, ...sections } = properties;
  const asked = demandsOf({
    ...schema,
    properties: { ...properties, steps: { ...properties['steps'], additionalProperties: definitions['step'] } },
  });
  return {
    ...without(rest, 'required'),
    properties: {
      codepmp,
      name,
      extends: { ...base, examples: [...shipped, './base.yaml'] },
      params: orRemoved({ ...relaxed(params), additionalProperties: orPlain(relaxed(entrySchema(params))) }),
      ...mapped(sections, (each) => orRemoved(relaxed(each))),
      claims: orById(claims),
    },
    definitions: mapped(definitions, (each, key) => (key === 'step' ? orRemoved(relaxed(each)) : each)),
    if: { required: ['extends'] },
    // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { required: ['codepmp'] },
    else: asked,
  };
}

interface SchemasByKey {
  [key: string]: SchemaObject;
}

/** The same with no key asked for, and every key removed by `null`, but the kind of a step; in `with`, null is a value like others. */
function relaxed(schema: SchemaObject, isWith = false): SchemaObject {
  const below = (each: SchemaObject): SchemaObject => (isWith ? relaxed(each, isWith) : orRemoved(relaxed(each)));
  const { properties, additionalProperties: values, items, allOf } = schema as { [keyword: string]: unknown };
  return {
    ...without(schema, 'required', 'minProperties'),
    ...(isSchema(properties) && {
      properties: mapped(properties as SchemasByKey, (each, key) =>
        key === 'with' ? relaxed(each, true) : key === 'uses' ? each : below(each),
      ),
    }),
    ...(isSchema(values) && { additionalProperties: below(values) }),
    ...(isSchema(items) && { items: relaxed(items, isWith) }),
    ...(Array.isArray(allOf) && {
      // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      allOf: (allOf as SchemasByKey[]).map((each) => ({ ...each, then: relaxed(each['then'] ?? {}, isWith) })),
    }),
  };
}

/** What a whole file has to have: keys that are asked for, and mappings and lists that are not removed. */
function demandsOf(schema: SchemaObject, isWith = false): SchemaObject {
  const { type, required, minProperties, properties, allOf, ...rest } = schema as { [keyword: string]: unknown };
  const keys = Object.entries((properties ?? {}) as SchemasByKey).map(
    ([key, each]) => [key, demandsOf(each, isWith || key === 'with')] as const,
  );
  const kept = keys.filter(([, each]) => Object.keys(each).length > 0).map(([key, each]) => [key, { ...each, doNotSuggest: true }]);
  // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  const conditions = ((allOf ?? []) as SchemasByKey[]).map((each) => ({ if: each['if'], then: demandsOf(each['then'] ?? {}, isWith) }));
  const below = ['additionalProperties', 'items'].map(
    (keyword) => [keyword, isSchema(rest[keyword]) ? demandsOf(rest[keyword], isWith) : {}] as const,
  );
  return {
    ...(!isWith && (type === 'object' || type === 'array') && { type }),
    ...(Array.isArray(required) && required.length > 0 && { required }),
    ...(minProperties !== undefined && { minProperties }),
    ...(kept.length > 0 && { properties: Object.fromEntries(kept) }),
    ...Object.fromEntries(below.filter(([, each]) => Object.keys(each).length > 0)),
    ...(conditions.length > 0 && { allOf: conditions.filter((each) => Object.keys(each.then).length > 0) }),
  };
}

function orRemoved(schema: SchemaObject): SchemaObject {
  if (schema['anyOf']) return { ...schema, anyOf: [...(schema['anyOf'] as SchemaObject[]), { type: 'null' }] };
  if (schema['else']) return { ...schema, else: orRemoved(schema['else'] as SchemaObject) };
  if (schema['type'] === undefined) return schema;
  const types = [schema['type']].flat();
  return {
    ...schema,
    type: types.includes('null') ? types : [...types, 'null'],
    ...(schema['enum'] ? { enum: [...(schema['enum'] as unknown[]), null] } : {}),
  };
}

/** A map, or a plain value in its place. */
function orPlain(schema: SchemaObject): SchemaObject {
  // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  return { if: { type: 'object' }, then: schema, else: { type: ['string', 'number', 'boolean', 'null'] } };
}

/** A list whose items have the ids of claims, or a map of claims by id. */
function orById(claims: SchemaObject): SchemaObject {
  const { description, examples, ...list } = claims;
  const claim = relaxed(entrySchema(claims));
  const byId = { type: 'object', additionalProperties: orRemoved(claim) };
  // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  return orRemoved({ description, examples, if: { type: 'object' }, then: byId, else: { ...list, items: { ...claim, required: ['id'] } } });
}

function isSchema(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null;
}

function without(schema: SchemaObject, ...keywords: string[]): SchemaObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keywords.includes(key)));
}

function mapped(keys: SchemasByKey, change: (schema: SchemaObject, key: string) => SchemaObject): SchemasByKey {
  return Object.fromEntries(Object.entries(keys).map(([key, each]) => [key, change(each, key)]));
}
