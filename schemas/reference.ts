import { readFileSync } from 'node:fs';
import type { SchemaObject } from './with.ts';
import { kindNames, kindOf } from './kinds.ts';
import type { KindDefinition } from './kind.ts';
import { pipelineSchema } from './pipeline.ts';
import { inputsTable, keysTable, settingsTable, table } from './reference-tables.ts';
import { withSchema } from './with.ts';
import { flow } from './facts.ts';

/**
 * The reference of the language as one page of Markdown: the text of `language.md` beside this file, with the tables that the
 * definitions make in place of its `{{…}}`.
 */
export function languageReference(): string {
  const parts = partsOf(pipelineSchema());
  const text = readFileSync(new URL('language.md', import.meta.url), 'utf8');
  const filled = text.replace(/^\{\{([a-z-]+)\}\}\n/gm, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`language.md names the part ${name}, which is none of ${Object.keys(parts).join(', ')}`);
    return part === '' ? '' : `${part}\n`;
  });
  return `${notice}\n\n${filled}`;
}

const notice = '<!-- Written by `node schemas/emit.ts` from schemas/language.md and the definitions of the kinds. -->';

function partsOf(schema: SchemaObject): { [name: string]: string } {
  const { properties, definitions } = schema as { properties: { [key: string]: SchemaObject }; definitions: { step: SchemaObject } };
  const value = (key: string) => (properties[key]?.['additionalProperties'] ?? properties[key]?.['items'] ?? {}) as SchemaObject;
  const step = definitions.step['properties'] as { run: SchemaObject };
  return {
    top: keysTable(schema, { deep: false }),
    params: keysTable(value('params')),
    models: keysTable(value('models')),
    step: keysTable(definitions.step, { deep: false }),
    run: keysTable(step.run),
    kinds: kindsTable(),
    'each-kind': kindNames.map((kind) => kindSection(kindOf(kind))).join('\n\n'),
    sweeps: keysTable(value('sweeps')),
    claims: keysTable(value('claims')),
    budget: keysTable(properties['budget'] ?? {}),
    'extends-contents': '',
  };
}

/** All kinds in the order of the work. */
function kindsTable(): string {
  const rows = kindNames.map((kind) => {
    const definition = kindOf(kind);
    return [`[\`${kind}\`](#${anchorOf(kind)})`, outputWords(definition), definition.description + pending(definition)];
  });
  return table(['kind', 'makes', 'what it does'], rows);
}

function kindSection(definition: KindDefinition): string {
  const { kind, description, version, shape } = definition;
  const inputs = Object.keys({ ...definition.inputs, ...definition.models, ...definition.sources }).length > 0;
  const settings = settingsTable(definition);
  return [
    `### ${kind}`,
    `${description}${pending(definition)}`,
    `Makes ${outputWords(definition)}. ${shapes[shape]} Version ${version}.${definition.gathers ? ' One node for all cells.' : ''}`,
    inputs ? inputsTable(definition) : 'It reads nothing of other steps.',
    settings === '' ? 'It has no settings.' : settings,
    exampleOf(definition),
  ].join('\n\n');
}

const shapes: { readonly [shape in KindDefinition['shape']]: string } = {
  step: 'Runs as one piece.',
  map: 'Treats items one by one, chunk by chunk.',
  process: 'Runs as a program on the pool of its `run`.',
};

function outputWords({ outputs }: KindDefinition): string {
  const named = Object.entries(outputs).map(([name, type]) => (name === 'out' ? type : `\`.${name}\` (${type})`));
  return named.join(', ');
}

/** A step with the keys it needs. */
function exampleOf(definition: KindDefinition): string {
  const { examples, required } = withSchema(definition) as { examples: unknown[]; required: string[] };
  const content = required.length > 0 ? `, with: ${flow(examples[0])}` : '';
  return `\`\`\`yaml\na-step: {uses: ${definition.kind}${content}}\n\`\`\``;
}

/** Declared, with settings and keys, before there is anything that runs it. */
function pending(definition: KindDefinition): string {
  return 'runnable' in definition && definition.runnable === false ? ' **Not yet runnable**: it can be checked and planned.' : '';
}

function anchorOf(kind: string): string {
  return kind.replaceAll('/', '');
}

