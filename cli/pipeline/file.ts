import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, posix, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile, createBases, isError, readBounded, shippedFolder, standardInput } from '../../compile/index.ts';
import type { Bases, Compiled } from '../../compile/index.ts';
import type { PipelineInput, PipelineSettings, Plan } from '../../plan/index.ts';
import type { Context } from '../context.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { chosenSweeps, type PipelineOptions } from './options.ts';

/** A pipeline file as it is on disk, with the result of compiling it. */
export interface PipelineFile {
  /** As given by the user. */
  file: string;
  text: string;
  /** Paths of all files it was read from. */
  sources: string[];
  compiled: Compiled;
  /** The input of a run: the file, those it extends and the given values. */
  input: PipelineInput;
  /** The chosen part of it. */
  settings: PipelineSettings;
}

/** Reads and compiles a pipeline file with those it extends; the result includes their problems. */
export function readPipeline(context: Context, path: string, options: PipelineOptions): PipelineFile {
  const asked = compileOptions(context, path, options);
  const { source, file, set, sweeps, cell, sample } = asked;
  const compiled = compile(asked);
  const text = new TextDecoder().decode(source);
  return {
    file,
    text,
    sources: filesRead(context, path, compiled),
    compiled,
    input: { spec: text, set: compiled.set ?? set, file, files: compiled.files },
    settings: { sweeps, cell, sample },
  };
}

const advice = '--params expects a YAML or JSON file with lines name: value';

/** The options of the compiler; a file that does not exist ends the command. */
export function compileOptions(context: Context, path: string, options: PipelineOptions) {
  const { set = {}, params = [], cell, sample, toRun } = options;
  const source = readNamedFile(path, 'Give a pipeline file; codepmp init writes one to start from');
  const given = params.map((each) => ({ file: shownPath(context, each), source: readNamedFile(each, advice) }));
  const choices = { sweeps: chosenSweeps(options), cell, sample, toRun };
  return { source, file: shownPath(context, path), set, params: given, ...choices, bases: basesOnDisk(context), config: context.config };
}

/** Paths of all files a pipeline was read from. */
export function filesRead({ home }: Context, path: string, { texts = {} }: Pick<Compiled, 'texts'>): string[] {
  const others = Object.keys(texts).map((file) =>
    file.startsWith(`${shippedFolder}/`) ? join(home, 'pipelines', posix.basename(file)) : file,
  );
  return [path, ...others];
}

/** The plan; if the file has errors, prints them all on standard output and ends the command. */
export function requirePlan({ output }: Context, { file, compiled }: Pick<PipelineFile, 'file' | 'compiled'>): Plan {
  const errors = compiled.diagnostics.filter(isError).length;
  if (compiled.plan) {
    for (const warning of compiled.rendered) output.talk(`${warning}\n`);
    return compiled.plan;
  }
  if (output.json) for (const diagnostic of compiled.diagnostics) output.emit({ type: 'diagnostic', ...diagnostic });
  else output.data(compiled.rendered.join('\n\n'));
  throw new CommandFailure(`${file} is not a valid pipeline (${errors} ${errors === 1 ? 'error' : 'errors'}); nothing was started`);
}

/** Finds the files a pipeline extends: shipped pipelines, and files by their path relative to it. */
export function basesOnDisk({ folder, home }: Context): Bases {
  return createBases({
    folder: pathToFileURL(join(home, 'pipelines/')),
    open: (path) => {
      const place = resolve(folder, path);
      const isFile = statSync(place, { throwIfNoEntry: false })?.isFile() ?? false;
      return isFile ? readNamedFile(place, 'A pipeline extends it') : null;
    },
    list: (from) => yamlBeside(posix.dirname(from), folder),
  });
}

function yamlBeside(place: string, folder: string): string[] {
  const there = existsSync(resolve(folder, place)) ? readdirSync(resolve(folder, place)) : [];
  const names = there.filter((name) => /\.ya?ml$/.test(name));
  return names.filter((name) => !name.startsWith('codepmp.config.')).map((name) => posix.join(place, name));
}

/** A path under the current folder is shown relative to it, any other as given; standard input has a fixed name. */
function shownPath({ folder }: Context, path: string): string {
  if (path === standardInput) return 'standard-input';
  return path.startsWith('/') && !relative(folder, path).startsWith('..') ? relative(folder, path) : path;
}

function readNamedFile(path: string, advice: string): Uint8Array {
  try {
    return readBounded(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new CommandFailure(`${path}: ${reasons[code] ?? String(error)}. ${advice}`, exit.usage);
  }
}

const reasons: { [code: string]: string } = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'this is a folder, not a file',
  EACCES: 'no permission to read the file',
  EPERM: 'no permission to read the file',
};
