import { kindNames, kindOf } from '../kinds/index.ts';
import { withSchema } from './with.ts';
import type { SchemaObject } from './with.ts';

/**
 * The schema of pipelines for editors, which see a file alone: a file that extends another holds what it changes, so no key is
 * asked for, `null` removes, a plain value is a param's new default, and a step may leave its kind to the other file. The
 * check sees the merged file and needs none of this. `shipped` are the pipelines that may be named.
 */
export function withChanges(schema: SchemaObject, shipped: string[]): SchemaObject {
  const { required, definitions, ...rest } = schema as Pipeline;
  const properties = { ...rest.properties, extends: { ...rest.properties['extends'], examples: [...shipped, './base.yaml'] } };
  return {
    ...rest,
    properties: mapped(properties, ({ description }) => ({ description, doNotSuggest: true })),
    if: { required: ['extends'] },
    // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { properties: changes(properties), required: ['codepmp'] },
    else: { properties, required },
    definitions: { ...definitions, change: changedStep(definitions.step) },
  };
}

interface Pipeline {
  [keyword: string]: unknown;
  properties: Keys;
  required: string[];
  definitions: { [name: string]: SchemaObject; step: SchemaObject };
}

interface Keys {
  [key: string]: SchemaObject;
}

/** Sections of a file that a file above it may leave out or remove. */
function changes({ codepmp, name, extends: base, steps, claims, targets, params, ...sections }: Keys): Keys {
  const change: SchemaObject = { $ref: '#/definitions/change' };
  return {
    ...defined({ codepmp, extends: base, name }),
    params: orNull({ ...partial(params ?? {}), additionalProperties: orPlain(partial(valueOf(params))) }),
    steps: { ...without(steps ?? {}, 'minProperties'), additionalProperties: change },
    claims: changedClaims(claims ?? {}),
    targets: orNull(targets ?? {}),
    ...mapped(sections, (each) => orNull(partial(each))),
  };
}

/** A list whose items have the ids of claims, or a map of claims by id. */
function changedClaims(claims: SchemaObject): SchemaObject {
  const { description, examples, ...list } = claims;
  const claim = partial(valueOf(claims));
  const byId = { type: 'object', additionalProperties: orNull(claim) };
  // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  return orNull({ description, examples, if: { type: 'object' }, then: byId, else: { ...list, items: { ...claim, required: ['id'] } } });
}

/** A step of which the other file may have a part. Without a kind its `with` may have the keys of every kind. */
function changedStep(step: SchemaObject): SchemaObject {
  const { run, ...keys } = step['properties'] as Keys;
  const open = {
    type: 'object',
    description: 'Inputs and settings that are changed. Left out: those of the extended file.',
    examples: [{ seed: 2 }],
    properties: allKeys(),
  };
  return {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: { ...keys, run: orNull(partial(run ?? {})) },
    allOf: [
      ...kindNames.map((kind) => ({
        if: { type: 'object', properties: { uses: { const: kind } }, required: ['uses'] },
        // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
        then: { properties: { with: allowed(withSchema(kindOf(kind))) } },
      })),
      // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      { if: { required: ['uses'] }, then: {}, else: { properties: { with: open } } },
    ],
  };
}

/** The keys of every kind; one that several kinds have takes what any of them takes, in the words of the first. */
function allKeys(): Keys {
  const keys: { [key: string]: SchemaObject[] } = {};
  for (const kind of kindNames)
    for (const [key, schema] of Object.entries(allowed(withSchema(kindOf(kind)))['properties'] as Keys)) (keys[key] ??= []).push(schema);
  return Object.fromEntries(Object.entries(keys).map(([key, schemas]) => [key, anyOf(schemas)]));
}

function anyOf([first = {}, ...others]: SchemaObject[]): SchemaObject {
  const ways = new Map(waysOf(first).map((way) => [withoutWords(way), way]));
  const own = ways.size;
  for (const way of others.flatMap(waysOf)) if (!ways.has(withoutWords(way))) ways.set(withoutWords(way), way);
  const { description, examples } = first;
  return ways.size === own ? first : { description, examples, anyOf: [...ways.values()] };
}

function waysOf(schema: SchemaObject): SchemaObject[] {
  return (schema['anyOf'] ?? [schema]) as SchemaObject[];
}

function withoutWords(schema: SchemaObject): string {
  const words = ['title', 'description', 'default', 'examples'];
  return JSON.stringify(schema, (key, value: unknown) => (words.includes(key) ? undefined : value));
}

/** The same keys, none asked for. */
function allowed(schema: SchemaObject): SchemaObject {
  const { required: _, ...rest } = schema;
  return rest['properties'] ? { ...rest, properties: mapped(rest['properties'] as Keys, allowed) } : rest;
}

/** The same keys, none asked for, each of which `null` removes. */
function partial(schema: SchemaObject): SchemaObject {
  const { required: _, minProperties: __, ...rest } = schema;
  const values = rest['additionalProperties'];
  return {
    ...rest,
    ...(rest['properties'] ? { properties: mapped(rest['properties'] as Keys, (each) => orNull(partial(each))) } : {}),
    ...(typeof values === 'object' ? { additionalProperties: orNull(partial(values as SchemaObject)) } : {}),
  };
}

function orNull(schema: SchemaObject): SchemaObject {
  if (schema['anyOf']) return { ...schema, anyOf: [...(schema['anyOf'] as SchemaObject[]), { type: 'null' }] };
  if (schema['else']) return { ...schema, else: orNull(schema['else'] as SchemaObject) };
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

function valueOf(schema: SchemaObject = {}): SchemaObject {
  return (schema['additionalProperties'] ?? schema['items'] ?? {}) as SchemaObject;
}

function without(schema: SchemaObject, keyword: string): SchemaObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== keyword));
}

function defined(keys: { [key: string]: SchemaObject | undefined }): Keys {
  return Object.fromEntries(Object.entries(keys).filter((entry): entry is [string, SchemaObject] => entry[1] !== undefined));
}

function mapped(keys: Keys, change: (schema: SchemaObject) => SchemaObject): Keys {
  return Object.fromEntries(Object.entries(keys).map(([key, each]) => [key, change(each)]));
}
