import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configSchema, pipelineSchema } from './index.ts';

/** The published schemas by file name, as text. `node schemas/emit.ts` writes them beside this file. */
export function publishedSchemas(): { [file: string]: string } {
  return {
    'pipeline.schema.json': `${JSON.stringify(pipelineSchema(), null, 2)}\n`,
    'config.schema.json': `${JSON.stringify(configSchema(), null, 2)}\n`,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [file, text] of Object.entries(publishedSchemas())) writeFileSync(new URL(file, import.meta.url), text);
