import type { Command } from 'commander';
import type { Store } from '../ports/store.ts';
import { configBeside, isError, loadConfig, type Checked } from '../compile/index.ts';
import type { Config } from '../ports/configuration.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailure } from './terminal/failure.ts';
import { createOutput, type Output } from './terminal/output.ts';
import { home } from './terminal/installation.ts';

/** What a command works with: the current folder, the operator's configuration and the output. */
export interface Context {
  folder: string;
  home: string;
  config: Config;
  output: Output;
}

export interface CommonOptions {
  json?: boolean;
  config?: string;
}

/** Adds the options that all commands share. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON instead of text')
    .option(
      '--config <file>',
      "the operator's configuration (default: codepmp.config.yaml in the current folder, else the one a pipeline file names)",
    );
}

/** Loads the configuration; if it has errors, ends the command with all of them. `pipeline`: the file that the command reads. */
export function openContext(options: CommonOptions, pipeline?: string): Context {
  const { context, found } = openToCheck(options, pipeline);
  if (!context || found.diagnostics.some(isError))
    throw new CommandFailure(`the configuration is not valid\n\n${found.rendered.join('\n\n')}`);
  return context;
}

/** Loads the configuration to check pipelines against it, with the problems found in it; null if it cannot be read. */
export function openToCheck(
  { json = false, config }: CommonOptions,
  pipeline?: string,
): { context: Context | null; output: Output; found: Checked } {
  const folder = process.cwd();
  const file = config ?? (hasOwnConfig(folder) || pipeline === undefined ? null : configBeside(pipeline)) ?? undefined;
  const { named, diagnostics, rendered } = loadConfig({ folder, file, env: process.env, home });
  const output = createOutput({ json, config: file });
  return { context: named && { folder, home, config: named, output }, output, found: { diagnostics, rendered } };
}

/** Whether the operator has a configuration, which goes before the one that a pipeline names. */
function hasOwnConfig(folder: string): boolean {
  return Boolean(process.env['CODEPMP_CONFIG']) || existsSync(join(folder, 'codepmp.config.yaml'));
}

/** The store, or null if nothing has been run yet; it is never created here. */
export async function existingStore({ config }: Context): Promise<Store | null> {
  if (!config.bucket && !existsSync(join(config.store, 'FORMAT'))) return null;
  const { hasStore, openStore } = await import('../adapters/index.ts');
  return (await hasStore(config)) ? openStore(config) : null;
}

/** The store; ends the command if there is none, that is, if nothing has been run in this folder. */
export async function requireStore(context: Context): Promise<Store> {
  const store = await existingStore(context);
  if (store) return store;
  throw new CommandFailure(
    `there is no store at ${context.config.bucket?.url ?? context.config.store}: nothing has been run here yet. Run a pipeline (codepmp run FILE), or change to the folder where one was run`,
  );
}
