import { readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { forEditors } from './editor.ts';
import { orExtending } from './extending.ts';
import { configSchema, pipelineSchema, type SchemaObject } from '../index.ts';
import { publishedPlanSchema } from '../plan.ts';
import { publishedReportSchema } from '../report.ts';
import { trainerSchema } from '../trainer.ts';
import { configurationReference, languageReference } from './reference.ts';

/** The published schemas by file name, as text. `node schemas/published/emit.ts` writes them into `schemas/`. */
export function publishedSchemas(): { [file: string]: string } {
  return {
    'pipeline.schema.json': text(orExtending(forEditors(pipelineSchema(), 'pipeline'), shippedPipelines())),
    'config.schema.json': text(forEditors(configSchema(), 'configuration')),
    'plan.schema.json': text(publishedPlanSchema()),
    'report.schema.json': text(publishedReportSchema()),
    'trainer.schema.json': text(trainerSchema()),
  };
}

/** Names that `extends` takes. */
function shippedPipelines(): string[] {
  const files = readdirSync(new URL('../../pipelines/', import.meta.url));
  return files.filter((file) => /^[a-z0-9-]+\.yaml$/.test(file)).map((file) => file.slice(0, -'.yaml'.length)).sort();
}

function text(schema: SchemaObject): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Documents that the definitions make, by their path from the root, as text. */
export function publishedDocuments(): { [path: string]: string } {
  return { 'docs/language.md': languageReference(), 'docs/configuration.md': configurationReference() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, content] of Object.entries(publishedSchemas())) writeFileSync(new URL(`../${file}`, import.meta.url), content);
  for (const [path, content] of Object.entries(publishedDocuments())) writeFileSync(new URL(`../../${path}`, import.meta.url), content);
}
