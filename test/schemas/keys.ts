import type { SchemaObject } from '../../schemas/index.ts';

/** A key that a schema knows, wherever it stands. */
export interface Key {
  /** What leads to it, `*` for names of the user: `.steps.*.with<clip>.keep`. */
  path: string;
  schema: SchemaObject;
  optional: boolean;
}

/** Every key of a published schema, in all its branches. */
export function keysOf(schema: SchemaObject, path = ''): Key[] {
  const named = Object.entries((schema['properties'] ?? {}) as { [key: string]: SchemaObject });
  const required = (schema['required'] ?? []) as string[];
  const own = named.flatMap(([key, each]) => [
    { path: `${path}.${key}`, schema: each, optional: !required.includes(key) },
    ...keysOf(each, `${path}.${key}`),
  ]);
  return [...own, ...inner(schema, path).flatMap(([way, each]) => keysOf(each, way))];
}

function inner(schema: SchemaObject, path: string): [path: string, schema: SchemaObject][] {
  const below = (keyword: string, way: string): [string, SchemaObject][] =>
    typeof schema[keyword] === 'object' ? [[way, schema[keyword] as SchemaObject]] : [];
  const branches = (keyword: string): [string, SchemaObject][] =>
    ((schema[keyword] ?? []) as SchemaObject[]).map((each) => [`${path}${kindOf(each)}`, each]);
  const definitions = Object.entries((schema['definitions'] ?? {}) as { [name: string]: SchemaObject });
  return [
    ...below('additionalProperties', `${path}.*`),
    ...below('items', `${path}.*`),
    ...below('then', path),
    ...below('else', path),
    ...branches('anyOf'),
    ...branches('allOf'),
    ...definitions.map(([name, each]): [string, SchemaObject] => [`#${name}`, each]),
  ];
}

/** The kind a branch of a step is for. */
function kindOf(branch: SchemaObject): string {
  const uses = (branch['if'] as { properties?: { uses?: { const?: string } } } | undefined)?.properties?.uses;
  return uses?.const === undefined ? '' : `<${uses.const}>`;
}
