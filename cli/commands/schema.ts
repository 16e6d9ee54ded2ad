import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withNotes } from '../terminal/help.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { suggestion } from '../terminal/suggestion.ts';
import { createOutput } from '../terminal/output.ts';
import { home } from '../terminal/installation.ts';

/** The published schemas by what they describe. */
const schemas: { readonly [what: string]: string } = {
  pipeline: 'pipeline.schema.json',
  config: 'config.schema.json',
  plan: 'plan.schema.json',
};

export function define(command: Command): void {
  withNotes(command, 'Editors find the schema by the first line of a file:\n  # yaml-language-server: $schema=PATH')
    .argument('[what]', `one of ${Object.keys(schemas).join(', ')}`, 'pipeline')
    .option('--path', 'print the path of the schema file, for editor settings')
    .option('--json', 'print JSON on one line')
    .action(schema);
}

function schema(what: string, { path: isPath = false, json = false }: { path?: boolean; json?: boolean }): void {
  const file = Object.hasOwn(schemas, what) ? schemas[what] : undefined;
  if (file === undefined) throw new CommandFailure(`there is no schema ${what}. ${suggestion(what, Object.keys(schemas))}`, exit.usage);
  const path = join(home, 'schemas', file);
  const output = createOutput({ json });
  if (isPath) return json ? output.emit({ path }) : output.data(path);
  const text = readFileSync(path, 'utf8');
  if (json) output.emit(JSON.parse(text) as object);
  else output.data(text.trimEnd());
}
