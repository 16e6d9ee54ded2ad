import type { Command } from 'commander';
import type { Store } from '../ports/store.ts';
import { isError, loadConfig } from '../compile/index.ts';
import type { Checked } from '../compile/index.ts';
import type { Config } from '../ports/configuration.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailure } from './terminal/failure.ts';
import { createOutput } from './terminal/output.ts';
import type { Output } from './terminal/output.ts';
import { home } from './terminal/installation.ts';

/** What a command works with: the folder it was given in, the operator's configuration and where to speak. */
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

/** Adds the options that every command has. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON for programs instead of text for people')
    .option('--config <file>', "the operator's configuration (default: codepmp.config.yaml here, if there is one)");
}

/** Loads the configuration; one with errors ends the command with all of them. */
export function openContext(options: CommonOptions): Context {
  const { context, found } = openToCheck(options);
  if (!context || found.diagnostics.some(isError)) throw new CommandFailure(`the configuration is not valid\n\n${found.rendered.join('\n\n')}`);
  return context;
}

/** Loads the configuration to check files against the names it declares, with what was found in it; null where it can not be read. */
export function openToCheck({ json = false, config: file }: CommonOptions): { context: Context | null; output: Output; found: Checked } {
  const folder = process.cwd();
  const { named, diagnostics, rendered } = loadConfig({ folder, file, env: process.env, home });
  const output = createOutput({ json, config: file });
  return { context: named && { folder, home, config: named, output }, output, found: { diagnostics, rendered } };
}

/** The store, or null where nothing was run yet; never made by looking. What opens it is loaded where there is one. */
export async function existingStore({ config }: Context): Promise<Store | null> {
  if (!existsSync(join(config.store, 'FORMAT'))) return null;
  const { openFileStore } = await import('../adapters/index.ts');
  return openFileStore({ root: config.store });
}

/** The store; without one, nothing was run in this folder, which ends the command. */
export async function requireStore(context: Context): Promise<Store> {
  const store = await existingStore(context);
  if (store) return store;
  throw new CommandFailure(
    `there is no store at ${context.config.store}: nothing was run here yet. Run a pipeline (codepmp run FILE), or go to the folder where it was run`,
  );
}
