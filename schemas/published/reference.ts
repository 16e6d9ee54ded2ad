import { readFileSync } from 'node:fs';
import { configSchema } from '../config.ts';
import { flow } from './wording.ts';
import { kindNames, kindOf } from '../kinds/index.ts';
import type { KindDefinition } from '../kinds/kind.ts';
import { pipelineSchema } from '../language/pipeline.ts';
import { viewSelectorSchema } from '../language/view.ts';
import { entrySchema, inputsTable, keysTable, table, tableOfSettings } from './tables.ts';
import { withSchema, type SchemaObject } from '../language/with.ts';
import { templateHeadSchema } from '../template.ts';

/** The reference of the language as one page of Markdown. */
export function languageReference(): string {
  return filled('language.md', languageParts(pipelineSchema()));
}

/** The reference of the operator's configuration as one page of Markdown. */
export function configurationReference(): string {
  const schema = configSchema();
  const { properties } = schema as { properties: { [key: string]: SchemaObject } };
  const named = ['endpoints', 'weights', 'sources', 'pools'].map((key): [string, string] => [key, keysTable(entrySchema(properties[key]))]);
  return filled('configuration.md', {
    top: keysTable(schema, { deep: false }),
    github: keysTable(properties['github'] ?? {}),
    bucket: keysTable(properties['bucket'] ?? {}),
    temporal: keysTable(properties['temporal'] ?? {}),
    ...Object.fromEntries(named),
  });
}

/** A text beside this file with what the definitions make in place of its `{{…}}`. */
function filled(file: string, parts: { [name: string]: string }): string {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  const page = text.replace(/^\{\{([a-z-]+)\}\}\n/gm, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`${file} names the part ${name}, which is none of ${Object.keys(parts).join(', ')}`);
    return `${part}\n`;
  });
  return `<!-- Written by \`node schemas/published/emit.ts\` from schemas/published/${file} and the definitions. -->\n\n${page}`;
}

function languageParts(schema: SchemaObject): { [name: string]: string } {
  const { properties, definitions } = schema as { properties: { [key: string]: SchemaObject }; definitions: { step: SchemaObject } };
  const value = (key: string) => entrySchema(properties[key]);
  const step = definitions.step['properties'] as { run: SchemaObject };
  return {
    top: keysTable(schema, { deep: false }),
    params: keysTable(value('params')),
    models: keysTable(value('models')),
    'template-head': keysTable(templateHeadSchema),
    step: keysTable(definitions.step, { deep: false }),
    run: keysTable(step.run),
    kinds: tableOfKinds(),
    'each-kind': kindNames.map((kind) => kindSection(kindOf(kind))).join('\n\n'),
    sweeps: keysTable(value('sweeps')),
    views: keysTable(value('views'), { deep: false }),
    'view-selector': keysTable(viewSelectorSchema),
    claims: keysTable(value('claims')),
    budget: keysTable(properties['budget'] ?? {}),
  };
}

/** All kinds in the order of the work. */
function tableOfKinds(): string {
  const rows = kindNames.map((kind) => {
    const definition = kindOf(kind);
    return [`[\`${kind}\`](#${anchorOf(kind)})`, outputWords(definition), definition.description];
  });
  return table(['kind', 'makes', 'what it does'], rows);
}

function kindSection(definition: KindDefinition): string {
  const { kind, version, shape } = definition;
  const inputs = Object.keys({ ...definition.inputs, ...definition.models, ...definition.sources }).length > 0;
  const settings = tableOfSettings(definition);
  return [
    `### ${kind}`,
    definition.description,
    `Makes ${outputWords(definition)}. ${shapes[shape]} Version ${version}.${definition.gathers ? ' One node for all cells.' : ''}`,
    inputs ? inputsTable(definition) : 'It reads nothing of other steps.',
    settings === '' ? 'It has no settings.' : settings,
    exampleOfKind(definition),
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
function exampleOfKind(definition: KindDefinition): string {
  const { examples, required } = withSchema(definition) as { examples: unknown[]; required: string[] };
  const content = required.length > 0 ? `, with: ${flow(examples[0])}` : '';
  return `\`\`\`yaml\na-step: {uses: ${definition.kind}${content}}\n\`\`\``;
}

function anchorOf(kind: string): string {
  return kind.replaceAll('/', '');
}
