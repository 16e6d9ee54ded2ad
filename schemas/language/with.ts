import { Type, type TSchema } from '@sinclair/typebox';
import type { ArtifactType } from '../../plan/index.ts';
import type { InputDefinition, KindDefinition } from '../kinds/kind.ts';
import { namePattern, referencePattern, resourcePattern } from '../names.ts';

/** JSON Schema as data. */
export type SchemaObject = { [keyword: string]: unknown };

/** A param in place of a value. */
const paramReference = Type.Ref('#/definitions/param');

/** The `with` of a step of this kind as people write it: keys with a default may be left out, any value may be a param. */
export function withSchema(definition: KindDefinition): SchemaObject {
  const { inputs, models, sources, settings } = definition;
  const properties: { [key: string]: SchemaObject } = {};
  for (const [name, input] of Object.entries(inputs)) properties[name] = inputSchema(name, input);
  for (const [role, description] of Object.entries(models))
    properties[role] = orParam({ type: 'string', title: 'name of a model', pattern: namePattern, description, examples: ['strong'] });
  for (const [setting, { default: standard, optional, description }] of Object.entries(sources))
    properties[setting] = orParam({
      type: 'string',
      title: 'name of a source folder',
      pattern: resourcePattern,
      description: `${description}${optional ? ' Left out: none.' : ''}`,
      ...(standard === undefined ? { examples: ['python-stdlib'] } : { default: standard, examples: [standard] }),
    });
  const plain = acceptParams(settings);
  Object.assign(properties, plain['properties']);
  const required = [
    ...Object.keys(inputs).filter((name) => !inputs[name]?.optional),
    ...Object.keys(models),
    ...Object.keys(sources).filter((setting) => sources[setting]?.default === undefined && !sources[setting]?.optional),
    ...requiredOf(plain),
  ];
  return {
    type: 'object',
    description: `Inputs and settings of ${definition.kind}.${required.length > 0 ? '' : ' Left out: the defaults.'}`,
    examples: [exampleOfWith(properties, required)],
    additionalProperties: false,
    required,
    properties,
  };
}

/** The same schema with params accepted at every scalar, and only keys without a default required. */
export function acceptParams(schema: TSchema | SchemaObject): SchemaObject {
  return asWritten(schema as SchemaObject, orParam);
}

/** The schema of what people write, from that of complete values: keys with a default may be left out. */
export function asWritten(schema: SchemaObject, scalar: (schema: SchemaObject) => SchemaObject = (same) => same): SchemaObject {
  if (schema['type'] === 'array') return { ...schema, items: asWritten(schema['items'] as SchemaObject, scalar) };
  if (schema['type'] !== 'object') return scalar({ ...schema });
  const rest = schema['additionalProperties'];
  return {
    ...schema,
    ...('properties' in schema ? writtenKeys(schema, scalar) : {}),
    ...(typeof rest === 'object' && rest !== null ? { additionalProperties: asWritten(rest as SchemaObject, scalar) } : {}),
  };
}

function writtenKeys(schema: SchemaObject, scalar: (schema: SchemaObject) => SchemaObject): SchemaObject {
  const properties = Object.entries(schema['properties'] as { [key: string]: SchemaObject });
  const withDefault = new Set(properties.filter(([, each]) => 'default' in each).map(([key]) => key));
  return {
    required: requiredOf(schema).filter((key) => !withDefault.has(key)),
    properties: Object.fromEntries(properties.map(([name, each]) => [name, asWritten(each, scalar)])),
  };
}

function inputSchema(name: string, { description, types, many, optional, orWeights }: InputDefinition): SchemaObject {
  const one: SchemaObject = orWeights
    ? { type: 'string', title: 'id of a step or name of weights', pattern: resourcePattern }
    : { type: 'string', title: 'id of a step, or step.output', pattern: referencePattern };
  const hover = `${description} Takes ${types.join(' or ')}.${optional ? ' Left out: none.' : ''}`;
  const [type] = types;
  const example = orWeights ? 'smollm2-135m-instruct' : ((type && usualNames[type]) ?? name);
  if (many) return { type: 'array', minItems: 1, items: orParam(one), description: hover, examples: [[example]] };
  return orParam({ ...one, description: hover, examples: [example] });
}

/** A shortest `with`: the required keys, or else the first one. */
function exampleOfWith(properties: { [key: string]: SchemaObject }, required: string[]): SchemaObject {
  const shown = required.length > 0 ? required : Object.keys(properties).slice(0, 1);
  return Object.fromEntries(shown.map((key) => [key, (properties[key]?.['examples'] as unknown[] | undefined)?.[0]]));
}

/** Steps by the artifact they make, as the shipped pipelines call them. */
const usualNames: { readonly [type in ArtifactType]?: string } = {
  corpus: 'code',
  prompts: 'prompts',
  pairs: 'pairs',
  questions: 'arithmetic.questions',
  choices: 'arithmetic.choices',
  candidates: 'samples',
  graded: 'graded',
  checkpoint: 'rm',
  metrics: 'accuracy',
};

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
