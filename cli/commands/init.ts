import type { Command } from 'commander';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { configBeside } from '../../compile/index.ts';
import { messageOfError } from '../../ports/failure.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { createOutput } from '../terminal/output.ts';
import { home } from '../terminal/installation.ts';
import { studyOf } from '../pipeline/starter.ts';
import { shellWord } from '../terminal/text.ts';

export function define(command: Command): void {
  command
    .argument('[dir]', 'the folder to write to', '.')
    .option('--from <name>', 'start from a study that extends this shipped pipeline')
    .option('--json', 'print JSON instead of text')
    .action(init);
}

/** Writes the starter files; an existing file is never touched. */
function init(dir: string, { json = false, from }: { json?: boolean; from?: string }): void {
  const output = createOutput({ json });
  const folder = resolve(dir);
  const files = ['pipeline.yaml', 'codepmp.config.yaml'];
  const there = files.filter((name) => existsSync(join(folder, name)));
  if (there.length > 0)
    throw new CommandFailure(
      `${there.join(' and ')} already ${there.length === 1 ? 'exists' : 'exist'} in ${folder}; nothing was written. Choose another folder: codepmp init DIR`,
    );
  const texts = from === undefined ? files.map(starter) : [studyOf(from), configFor(from)];
  makeFolder(folder);
  const schemas = schemasFrom(folder);
  for (const [index, name] of files.entries())
    writeFileSync(join(folder, name), (texts[index] ?? '').replaceAll('SCHEMAS', schemas), { flag: 'wx' });
  if (json) return output.emit({ folder, files });
  for (const name of files) output.data(join(folder, name));
  const path = shellWord(join(dir === '.' ? '' : dir, 'pipeline.yaml'));
  output.next([
    [`codepmp validate ${path}`, 'check it'],
    [`codepmp plan ${path}`, 'see what would run'],
    [`codepmp run ${path}`, 'run it'],
  ]);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new CommandFailure(`${folder} cannot be made: ${messageOfError(error)}. Choose another folder: codepmp init DIR`);
  }
}

/** The configuration a study starts with: the one its base was written for, or an empty one. */
function configFor(base: string): string {
  const path = configBeside(join(home, 'pipelines', `${base}.yaml`));
  return path === null ? starter('codepmp.config.yaml') : readFileSync(path, 'utf8').replace('../schemas/', 'SCHEMAS/');
}

function starter(name: string): string {
  return readFileSync(join(home, 'cli', 'starters', name), 'utf8');
}

/** The path of the published schemas from a folder, as a relative URL: a space would end it. */
function schemasFrom(folder: string): string {
  return relative(folder, join(home, 'schemas')).split(sep).map(encodeURIComponent).join('/');
}
