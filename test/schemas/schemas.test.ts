import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { publishedSchemas } from '../../schemas/emit.ts';
import { configSchema, kindNames, kindOf, pipelineSchema } from '../../schemas/index.ts';
import type { SchemaObject, SettingsOf } from '../../schemas/index.ts';

const published = Object.entries(publishedSchemas());
const ajv = () => new Ajv({ strict: false, useDefaults: true });

test.each(published)('%s on disk is what the definitions make (node schemas/emit.ts writes it)', (file, text) => {
  expect(readFileSync(new URL(`../../schemas/${file}`, import.meta.url), 'utf8')).toBe(text);
});

test.each(published)('%s is a draft-07 schema', (_, text) => {
  const schema = JSON.parse(text) as SchemaObject;
  expect(schema['$schema']).toBe('http://json-schema.org/draft-07/schema#');
  expect(new Ajv().validateSchema(schema)).toBe(true);
});

describe.each(kindNames)('%s', (kind) => {
  const definition = kindOf(kind);
  const settings = definition.settings as unknown as SchemaObject;

  test('is found under its own name, with a version and a sentence', () => {
    expect(definition.kind).toBe(kind);
    expect(definition.version).toBeGreaterThanOrEqual(1);
    expect(definition.description).toMatch(/^[A-Z].*\.$/);
  });

  test('uses no key for two things', () => {
    const { inputs, models, sources } = definition;
    const keys = [inputs, models, sources, settings['properties'] as object].flatMap((each) => Object.keys(each));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('explains every setting, with an example and a default or the demand for a value', () => {
    const isBare = (field: SchemaObject) =>
      typeof field['description'] !== 'string' || !Array.isArray(field['examples']);
    expect(fieldsOf(settings).filter(([, field]) => isBare(field))).toEqual([]);
  });

  test('takes its own defaults and examples', () => {
    const refused = fieldsOf(settings).flatMap(([path, schema]) => {
      const accepts = ajv().compile(schema);
      const values = [...(schema['examples'] as unknown[]), ...('default' in schema ? [schema['default']] : [])];
      return values.filter((value) => !accepts(structuredClone(value))).map((value) => ({ path, value }));
    });
    expect(refused).toEqual([]);
  });

  test('has no default that differs from what its parts make together', () => {
    const groups = fieldsOf(settings).filter(([, schema]) => schema['type'] === 'object' && 'default' in schema);
    const made = groups.map(([path, schema]) => {
      const filled: unknown = {};
      ajv().compile({ ...schema, required: [] })(filled);
      return [path, filled];
    });
    expect(made).toEqual(groups.map(([path, schema]) => [path, schema['default']]));
  });
});

test('the kind of a step decides which keys its with has', () => {
  const accepts = ajv().compile(pipelineSchema());
  const pipeline = (step: object) => ({ codepmp: 1, name: 't', steps: { a: step } });
  expect(accepts(pipeline({ uses: 'clip', with: { prompts: 'p', keep: 0.5 } }))).toBe(true);
  expect(accepts(pipeline({ uses: 'clip', with: { prompts: 'p', keep: '$keep' } }))).toBe(true);
  expect(accepts(pipeline({ uses: 'clip', with: { prompts: 'p', keep: 'half' } }))).toBe(false);
  expect(accepts(pipeline({ uses: 'clip', with: { prompts: 'p', keep: 0.5, n: 1 } }))).toBe(false);
  expect(accepts(pipeline({ uses: 'clip' }))).toBe(false);
  expect(accepts(pipeline({ uses: 'dataset/arithmetic' }))).toBe(true);
});

test('the published schemas describe every key of the pipeline and of the configuration', () => {
  const fields = [pipelineSchema(), configSchema()].flatMap((schema) => fieldsOf(schema));
  expect(fields.filter(([, field]) => typeof field['description'] !== 'string')).toEqual([]);
  expect(fields.filter(([, field]) => (field['examples'] ?? field['default']) === undefined)).toEqual([]);
});

test('settings have the types their activities read', () => {
  expectTypeOf<SettingsOf<'clip'>>().toEqualTypeOf<{ keep: number; unit: 'words' | 'characters' }>();
  expectTypeOf<SettingsOf<'source/files'>['take']>().toEqualTypeOf<number | null>();
  expectTypeOf<SettingsOf<'train/pmp'>['schedule']['kind']>().toEqualTypeOf<'wsd' | 'wcd'>();
});

/** Every named key below a schema, with the path that leads to it. */
function fieldsOf(schema: SchemaObject, path = ''): [string, SchemaObject][] {
  const properties = Object.entries((schema['properties'] ?? {}) as { [key: string]: SchemaObject });
  const rest = schema['additionalProperties'];
  const values: [string, SchemaObject][] =
    typeof rest === 'object' && rest !== null ? [['*', rest as SchemaObject]] : [];
  return [
    ...properties.flatMap(([key, each]): [string, SchemaObject][] => [
      [`${path}.${key}`, each],
      ...fieldsOf(each, `${path}.${key}`),
    ]),
    ...values.flatMap(([key, each]) => fieldsOf(each, `${path}.${key}`)),
  ];
}
