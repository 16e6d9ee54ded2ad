import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { nearName } from '../../compile/index.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { home } from '../terminal/installation.ts';

/** A file that extends a shipped pipeline and lists its params with their values, to be changed. */
export function studyOf(base: string): string {
  const params = Object.entries(paramsOf(base));
  const text = readFileSync(join(home, 'cli', 'starters', 'study.yaml'), 'utf8');
  return text.replaceAll('BASE', base).replace('PARAMS\n', params.length === 0 ? '' : `${lines(params).join('\n')}\n`);
}

/** A param of a shipped file; a plain value is a new default for a param of the file it extends. */
interface Param {
  default?: string | number | boolean;
  description?: string;
}

interface Shipped {
  extends?: string;
  params?: { [name: string]: Param | string | number | boolean | null };
}

function paramsOf(name: string): { [param: string]: Param } {
  const file = parse(readShipped(name)) as Shipped;
  const params = file.extends === undefined ? {} : paramsOf(file.extends.replace(/^\.\/(.*)\.yaml$/, '$1'));
  for (const [param, own] of Object.entries(file.params ?? {})) {
    if (own === null) delete params[param];
    else params[param] = { ...params[param], ...(typeof own === 'object' ? own : { default: own }) };
  }
  return params;
}

function readShipped(name: string): string {
  const folder = join(home, 'pipelines');
  const names = readdirSync(folder).filter((file) => /^[a-z0-9-]+\.yaml$/.test(file)).map((file) => file.slice(0, -'.yaml'.length));
  if (names.includes(name)) return readFileSync(join(folder, `${name}.yaml`), 'utf8');
  const near = nearName(name, names);
  throw new CommandFailure(`no pipeline ${name} is shipped. ${near ? `Did you mean ${near}?` : `Expected one of ${names.join(', ')}`}`, exit.usage);
}

/** The section `params`, each with its description; a param without a default is commented out. */
function lines(params: [name: string, param: Param][]): string[] {
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
