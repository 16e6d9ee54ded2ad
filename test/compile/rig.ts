import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { compile, loadConfig } from '../../compile/index.ts';
import type { Compiled } from '../../compile/index.ts';
import { endpointDefaults, poolDefaults } from '../../schemas/index.ts';
import type { Config } from '../../ports/configuration.ts';
import type { ParamValues, Plan } from '../../plan/index.ts';

const builtIn = loadConfig({ folder: '/nowhere', home: '/home-of-codepmp' }).config;

/** What is built in, an endpoint and weights without a digest, and a second pool. */
export const config: Config = {
  ...builtIn,
  endpoints: {
    ...builtIn.endpoints,
    remote: { url: 'http://127.0.0.1:9000/v1', model: 'm', identity: null, ...endpointDefaults, concurrency: 4 },
  },
  weights: { ...builtIn.weights, 'my-base': { path: '/models/my-base', identity: null } },
  pools: { ...builtIn.pools, other: poolDefaults },
};

/** Compiles text under the name `pipeline.yaml`. */
export function compileText(source: string | Uint8Array, set: ParamValues = {}): Compiled {
  return compile({ source, file: 'pipeline.yaml', set, config });
}

/** The plan of a text that is expected to be right. */
export function planOf(source: string, set: ParamValues = {}): Plan {
  const { plan, rendered } = compileText(source, set);
  if (!plan) throw new Error(rendered.join('\n\n'));
  return plan;
}

/** Keys of the first cell of a plan by step. */
export function keysOf(plan: Plan): { [step: string]: string } {
  const keys = new Map(plan.nodes.map(({ id, key }) => [id, key]));
  return Object.fromEntries(Object.entries(plan.cells[0]?.nodes ?? {}).map(([step, id]) => [step, keys.get(id) ?? '']));
}

export const quickstart = readFileSync(new URL('../../pipelines/quickstart.yaml', import.meta.url), 'utf8');

/** A file with a mistake, and the recorded answer to it. */
export interface Mistake {
  name: string;
  source: URL;
  answer: URL;
}

/** Every recorded mistake by name; each is in the folder of the first code of its answer. */
export function readMistakes(): Mistake[] {
  const folder = new URL('mistakes/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => ({
    name: file.slice(file.indexOf('/') + 1, -'.yaml'.length),
    source: new URL(file, folder),
    answer: new URL(file.replace(/yaml$/, 'txt'), folder),
  }));
}

/** The recorded text of a golden file; `UPDATE_GOLDENS=1` records what came instead. */
export function golden(file: URL, text: string): string {
  if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(file, text);
  return existsSync(file) ? readFileSync(file, 'utf8') : 'no golden: run with UPDATE_GOLDENS=1';
}
