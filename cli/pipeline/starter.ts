import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import { createBases, mergedFile } from '../../compile/index.ts';
import type { JsonObject } from '../../plan/index.ts';
import type { ParamSpec } from '../../schemas/index.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { suggestion } from '../terminal/suggestion.ts';
import { home } from '../terminal/installation.ts';

/** A file that extends a shipped pipeline and lists its params with their values, to be changed. */
export function studyOf(base: string): string {
  const params = Object.entries(paramsOf(base));
  const text = readFileSync(join(home, 'cli', 'starters', 'study.yaml'), 'utf8');
  return text.replaceAll('BASE', base).replace('PARAMS\n', params.length === 0 ? '' : `${lines(params).join('\n')}\n`);
}

/** The params of a shipped pipeline and of those that it extends. */
function paramsOf(name: string): { [param: string]: ParamSpec } {
  const bases = createBases({ folder: pathToFileURL(join(home, 'pipelines/')) });
  const file = bases.read({ kind: 'shipped', name });
  if (!file) throw new CommandFailure(`no pipeline ${name} is shipped. ${suggestion(name, bases.names(''))}`, exit.usage);
  const whole = mergedFile({ file: 'study.yaml', source: `codepmp: 1\nextends: ${name}\n` }, bases);
  return ((whole as JsonObject | null)?.['params'] ?? {}) as { [param: string]: ParamSpec };
}

/** The section `params`, each with its description; a param without a default is commented out. */
function lines(params: [name: string, param: ParamSpec][]): string[] {
  const written = params.map(([name, param]): [string, string] => [
    param.default === undefined ? `  # ${name}:` : `  ${name}: ${scalar(param.default)}`,
    param.description ?? '',
  ]);
  const width = Math.max(32, ...written.map(([text]) => text.length));
  const head = params.some(([, param]) => param.default !== undefined) ? 'params:' : '# params:';
  return [head, ...written.map(([text, why]) => (why === '' ? text : `${text.padEnd(width)} # ${why}`))];
}

function scalar(value: string | number | boolean): string {
  return stringify(value).trimEnd();
}
