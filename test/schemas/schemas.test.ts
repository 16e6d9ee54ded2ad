import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { forEditors } from '../../schemas/published/editor.ts';
import { publishedSchemas } from '../../schemas/published/emit.ts';
import { configSchema, kindNames, kindOf, pipelineSchema } from '../../schemas/index.ts';
import type { SchemaObject, SettingsOf } from '../../schemas/index.ts';
import type { Json, JsonObject } from '../../plan/index.ts';
import { pipeline } from '../compile/generated.ts';
import { keysOf } from './keys.ts';
import type { Key } from './keys.ts';

const published = Object.entries(publishedSchemas());
const ajv = () => new Ajv({ strict: false, useDefaults: true });

test.each(published)('%s on disk is what the definitions make (node schemas/published/emit.ts writes it)', (file, text) => {
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

describe.each([
  ['pipelines', pipelineSchema()],
  ['the configuration', configSchema()],
])('every key of %s, as editors show it,', (name, schema) => {
  const keys = keysOf(forEditors(schema, name));
  const paths = (found: Key[]) => found.map(({ path }) => path);

  test('is described in a sentence, with which its hover text begins', () => {
    expect(keys.length).toBeGreaterThan(20);
    const describes = ({ description, markdownDescription }: SchemaObject) =>
      /^[A-Za-z0-9$`].*\.$/s.test(String(description)) && String(markdownDescription ?? description).startsWith(String(description));
    expect(paths(keys.filter(({ schema }) => !describes(schema)))).toEqual([]);
  });

  test('shows an example, or is a constant', () => {
    const shows = (schema: SchemaObject) =>
      'const' in schema ||
      Array.isArray(schema['examples']) ||
      schema['doNotSuggest'] === true ||
      String(schema['markdownDescription']).includes('Example: `');
    expect(paths(keys.filter(({ schema }) => !shows(schema)))).toEqual([]);
  });

  test('has a default where it may be left out, or says what leaving it out means', () => {
    const isTold = ({ schema, optional }: Key) =>
      !optional ||
      schema['doNotSuggest'] === true || 'default' in schema || /\bLeft out: \S.*\./.test(String(schema['description']));
    expect(paths(keys.filter((key) => !isTold(key)))).toEqual([]);
  });

  test('shows its default in its hover text', () => {
    const withDefault = keys.filter(({ schema }) => 'default' in schema);
    expect(paths(withDefault.filter(({ schema }) => !String(schema['markdownDescription']).includes('default `')))).toEqual([]);
  });
});

test.each(published)('%s shows no value that is no text', (_, text) => {
  expect(text).not.toContain('[object Object]');
  expect(text).not.toContain('undefined');
});

describe('what is published is what files are checked by, but for words', () => {
  test('of the configuration', () => {
    expect(checkedPart(JSON.parse(publishedSchemas()['config.schema.json'] ?? ''))).toEqual(checkedPart(configSchema()));
  });

  test('of pipelines that extend no other, also where something is missing or of another type', () => {
    const shown = ajv().compile(JSON.parse(publishedSchemas()['pipeline.schema.json'] ?? '') as SchemaObject);
    const checked = ajv().compile(pipelineSchema());
    const values = fc.constantFrom<Json>(0, -1, 1e9, '', 'word', '$param', true, [], [1], {}, { a: 1 });
    const verdicts = new Set<boolean>();
    fc.assert(
      fc.property(pipeline, fc.nat(), fc.option(values, { nil: undefined }), (spec, nth, value) => {
        const changed = structuredClone(spec);
        const places = placesIn(changed);
        const [holder, key] = places[nth % places.length] ?? [changed, 'name'];
        if (value === undefined) delete holder[key];
        else holder[key] = value;
        const verdict = checked(structuredClone(changed));
        verdicts.add(verdict);
        expect([changed, shown(structuredClone(changed))]).toEqual([changed, verdict]);
      }),
      { numRuns: 500 },
    );
    expect(verdicts.size).toBe(2);
  });
});

/** Every key of a value, in all its mappings. */
function placesIn(value: Json): [holder: JsonObject, key: string][] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(placesIn);
  return Object.entries(value).flatMap(([key, each]): [JsonObject, string][] => [[value, key], ...placesIn(each)]);
}

test('settings have the types their activities read', () => {
  expectTypeOf<SettingsOf<'clip'>>().toEqualTypeOf<{ keep: number; unit: 'words' | 'characters'; removes?: 'end' | 'start' | 'span' }>();
  expectTypeOf<SettingsOf<'source/files'>['take']>().toEqualTypeOf<number | null>();
  expectTypeOf<SettingsOf<'train/pmp'>['schedule']['kind']>().toEqualTypeOf<'wsd' | 'wcd'>();
});

/** Keywords that say something to people and editors, and decide nothing. */
const words = new Set(
  ['title', 'description', 'examples', 'default', 'markdownDescription', 'markdownEnumDescriptions', 'patternErrorMessage', 'doNotSuggest'],
);

/** A schema without what decides nothing; a key called `title` is a key. */
function checkedPart(value: unknown, isKeys = false): unknown {
  if (Array.isArray(value)) return value.map((each) => checkedPart(each)).filter((each) => !isEmptyBranch(each));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => isKeys || (!words.has(key) && !(key === 'pattern' && 'const' in value)));
  return Object.fromEntries(entries.map(([key, each]) => [key, checkedPart(each, key === 'properties' && !isKeys)]));
}

function isEmptyBranch(value: unknown): boolean {
  const { then: one, else: other } = (value ?? {}) as { then?: object; else?: object };
  return one !== undefined && other !== undefined && Object.keys(one).length + Object.keys(other).length === 0;
}

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
