import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { configFileSchema, configSchema, type ConfigFile } from '../../schemas/index.ts';
import type { Config } from '../../ports/configuration.ts';
import { builtInConfig } from './built-in.ts';
import { soundPart, withDeclaredNames } from './declared.ts';
import { decode } from '../read/decode.ts';
import { isError, toDiagnostics, type Diagnostic, type Problem } from '../diagnostics/diagnostic.ts';
import { mergeConfig } from './merge.ts';
import { parse } from '../read/parse.ts';
import { readBounded } from '../read/read-file.ts';
import { renderDiagnostic } from '../diagnostics/render.ts';
import { resolveConfig } from './resolve.ts';
import { secretsIn, secretsInUrls, withoutSecret, withoutSecrets, withoutSecretUrl } from './secrets.ts';
import { createSource } from '../diagnostics/source.ts';
import { toJson, type Tree } from '../read/tree.ts';
import { checkTree, fillDefaults } from '../check/validate.ts';
import { messageOfError } from '../../ports/failure.ts';

interface LoadConfigOptions {
  /** Where to look for `codepmp.config.yaml`, and the folder of the store if there is no such file. */
  folder: string;
  /** This file and no other; it must exist. */
  file?: string | undefined;
  /** `CODEPMP_CONFIG` names a file, as `file` does; `CODEPMP_STORE` names another store folder. Default: neither. */
  env?: { [name: string]: string | undefined };
  /** Root of the installation. */
  home: string;
}

export interface LoadedConfig {
  /** If the file has errors, the built-in configuration: look at the diagnostics first. */
  config: Config;
  /** Every name that the file declares, with placeholders for declarations with errors; null if the file cannot be read. */
  named: Config | null;
  diagnostics: Diagnostic[];
  /** The diagnostics as text with code frames. */
  rendered: string[];
}

/** Reads the operator's configuration over the built-in one. */
export function loadConfig({ folder, file, env = {}, home }: LoadConfigOptions): LoadedConfig {
  const named = file ?? (env['CODEPMP_CONFIG'] || undefined);
  const path = resolve(folder, named ?? 'codepmp.config.yaml');
  const store = env['CODEPMP_STORE'] ? resolve(folder, env['CODEPMP_STORE']) : null;
  const builtIn = (): Config => resolveConfig(builtInConfig, { folder: resolve(folder), home, store, file: null, tree: null }).config;
  if (named === undefined && !existsSync(path)) return { config: builtIn(), named: builtIn(), diagnostics: [], rendered: [] };
  const { text, problem } = readConfigFile(path);
  const source = createSource(named ?? 'codepmp.config.yaml', text);
  const checked = problem ? { tree: null, written: null, problems: [problem] } : checkText(text);
  const { tree, written } = checked;
  const result = written && resolveConfig(written, { folder: dirname(path), home, store, file: path, tree });
  const keys = secretsIn(text, tree);
  const urls = secretsInUrls(text);
  const problems = [...checked.problems, ...(result?.problems ?? [])].map((each) => withoutSecretUrl(withoutSecret(each, keys), urls));
  const diagnostics = toDiagnostics(source, problems);
  const isWhole = result !== null && !diagnostics.some(isError);
  const shown = withoutSecrets(text, [...keys, ...urls]);
  return {
    config: isWhole ? result.config : builtIn(),
    named: isWhole ? result.config : tree && withDeclaredNames(result?.config ?? builtIn(), tree),
    diagnostics,
    rendered: diagnostics.map((each) => renderDiagnostic(each, shown)),
  };
}

function readConfigFile(path: string): { text: string; problem: Problem | null } {
  try {
    return decode(readBounded(path));
  } catch (error) {
    const got = messageOfError(error);
    const message = 'the configuration cannot be read';
    return {
      text: '',
      problem: { code: 'E0170', at: null, message, got, hint: 'correct the path, or omit it to use the built-in configuration' },
    };
  }
}

function checkText(text: string): { tree: Tree | null; written: ConfigFile | null; problems: Problem[] } {
  const { tree, problems } = parse(text);
  if (!tree) return { tree, written: null, problems };
  schema ??= configSchema();
  const checked = checkTree(tree, schema);
  const earlier = [...problems, ...checked.problems];
  const written = toJson(soundPart(checked.tree, earlier));
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return { tree, written: null, problems: earlier };
  const filled = fillDefaults(configFileSchema, mergeConfig(written), { tree, path: [] });
  return { tree: checked.tree, written: filled.value, problems: [...earlier, ...(earlier.length > 0 ? [] : filled.problems)] };
}

let schema: ReturnType<typeof configSchema> | null = null;
