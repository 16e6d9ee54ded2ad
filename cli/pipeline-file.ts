import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { compile, isError } from '../compile/index.ts';
import type { Compiled } from '../compile/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Context } from './context.ts';
import { CommandFailure, exit } from './failure.ts';

export type SetValues = { [param: string]: string };

/** A pipeline file as it lies on disk, and what the compiler says of it. */
export interface PipelineFile {
  /** As given by the user. */
  file: string;
  text: string;
  compiled: Compiled;
}

/** Collects `--set name=value`. */
export function collectSet(entry: string, before: SetValues = {}): SetValues {
  const at = entry.indexOf('=');
  if (at < 1) throw new CommandFailure(`--set ${entry}: expected name=value, as in --set seed=2`, exit.usage);
  return { ...before, [entry.slice(0, at)]: entry.slice(at + 1) };
}

/** Reads and compiles a pipeline file; problems in it are in the result. */
export function readPipeline({ config, folder }: Context, path: string, set: SetValues): PipelineFile {
  const bytes = read(path);
  const file = path.startsWith('/') && !relative(folder, path).startsWith('..') ? relative(folder, path) : path;
  return { file, text: new TextDecoder().decode(bytes), compiled: compile({ source: bytes, file, set, config }) };
}

/** The plan; a file with errors ends the command with all of them on standard output. */
export function requirePlan({ output }: Context, { file, compiled }: PipelineFile): Plan {
  const errors = compiled.diagnostics.filter(isError).length;
  if (compiled.plan) {
    for (const warning of compiled.rendered) output.talk(`${warning}\n`);
    return compiled.plan;
  }
  if (output.json) for (const diagnostic of compiled.diagnostics) output.emit({ type: 'diagnostic', ...diagnostic });
  else output.data(compiled.rendered.join('\n\n'));
  throw new CommandFailure(`${file} is not a valid pipeline (${errors} ${errors === 1 ? 'error' : 'errors'}); nothing was started`);
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'there is no such file' : String(error);
    throw new CommandFailure(`${path}: ${reason}. Name a pipeline file; codepmp init writes one to start from`, exit.usage);
  }
}
