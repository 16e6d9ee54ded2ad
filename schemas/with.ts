import { Type } from '@sinclair/typebox';
import type { TSchema } from '@sinclair/typebox';
import type { KindDefinition } from './kind.ts';
import { namePattern, referencePattern, resourcePattern } from './names.ts';

/** JSON Schema as data. */
export type SchemaObject = { [keyword: string]: unknown };

/** Where a value may be a param instead. */
export const paramReference = Type.Ref('#/definitions/param');

/** The `with` of a step of this kind as people write it: keys with a default may be left out, any value may be a param. */
export function withSchema(definition: KindDefinition): SchemaObject {
  const { inputs, models, sources, settings } = definition;
  const properties: { [key: string]: SchemaObject } = {};
  for (const [name, input] of Object.entries(inputs)) properties[name] = inputSchema(input);
  for (const [role, description] of Object.entries(models))
    properties[role] = orParam({
      type: 'string',
      title: 'name of a model',
      pattern: namePattern,
      description,
      examples: ['strong'],
    });
  for (const [setting, description] of Object.entries(sources))
    properties[setting] = orParam({
      type: 'string',
      title: 'name of a source folder',
      pattern: resourcePattern,
      description,
      examples: ['python-stdlib'],
    });
  const plain = acceptParams(settings);
  const required = [
    ...Object.keys(inputs).filter((name) => !inputs[name]?.optional),
    ...Object.keys(models),
    ...Object.keys(sources),
    ...requiredOf(plain),
  ];
  return {
    type: 'object',
    description: `Inputs and settings of ${definition.kind}.`,
    additionalProperties: false,
    required,
    properties: { ...properties, ...(plain['properties'] as object) },
  };
}

/** The same schema with params accepted at every scalar, and only keys without a default asked for. */
export function acceptParams(schema: TSchema | SchemaObject): SchemaObject {
  return asWritten(schema as SchemaObject, orParam);
}

/** A schema of complete values as one of what people write: keys with a default may be left out. */
export function asWritten(
  schema: SchemaObject,
  scalar: (schema: SchemaObject) => SchemaObject = (same) => same,
): SchemaObject {
  if (schema['type'] === 'array') return { ...schema, items: asWritten(schema['items'] as SchemaObject, scalar) };
  if (schema['type'] !== 'object') return scalar({ ...schema });
  const properties = (schema['properties'] ?? {}) as { [key: string]: SchemaObject };
  const rest = schema['additionalProperties'];
  return {
    ...schema,
    required: requiredOf(schema).filter((key) => !('default' in (properties[key] ?? {}))),
    properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, asWritten(each, scalar)])),
    ...(typeof rest === 'object' && rest !== null
      ? { additionalProperties: asWritten(rest as SchemaObject, scalar) }
      : {}),
  };
}

function inputSchema({ description, types, many, orWeights }: KindDefinition['inputs'][string]): SchemaObject {
  const one: SchemaObject = orWeights
    ? { type: 'string', title: 'id of a step or name of weights', pattern: resourcePattern }
    : { type: 'string', title: 'id of a step', pattern: referencePattern };
  const hover = `${description} Takes ${types.join(' or ')}.`;
  if (many) return { type: 'array', minItems: 1, items: orParam(one), description: hover, examples: [['a-step']] };
  return orParam({ ...one, description: hover, examples: [orWeights ? 'smollm2-135m-instruct' : 'a-step'] });
}

function orParam(schema: SchemaObject): SchemaObject {
  const { description, default: standard, examples, ...value } = schema;
  return {
    ...(description === undefined ? {} : { description }),
    ...(standard === undefined ? {} : { default: standard }),
    ...(examples === undefined ? {} : { examples }),
    anyOf: [value, paramReference],
  };
}

function requiredOf(schema: SchemaObject): string[] {
  return (schema['required'] ?? []) as string[];
}
