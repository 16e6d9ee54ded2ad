import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { cellText, collectCell } from '../runs/cells.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import type { ParamValues } from '../../plan/index.ts';
import { shellWord } from '../terminal/text.ts';

/** What decides, besides the file, which plan a pipeline becomes. */
export interface PipelineOptions {
  /** Values of params, from --set. */
  set?: ParamValues;
  /** Files of values of params; later ones win, and `set` wins over all. */
  params?: string[];
  /** Only the cells of these sweeps. */
  sweep?: string[];
  /** False: no sweep, the one cell of the defaults. */
  sweeps?: boolean;
  /** Only cells with these values. */
  cell?: ParamValues;
  /** A trial on so many items. */
  sample?: number;
  /** Set by commands that run the plan: steps of kinds that do not run yet are errors. */
  toRun?: boolean;
}

/** Adds the options that every command has that reads a pipeline. */
export function withPipelineOptions(command: Command): Command {
  return withValueOptions(command)
    .option('--sweep <name>', 'only the cells of this sweep; may be repeated', collectText)
    .option('--no-sweeps', 'no sweep: the one cell of the defaults')
    .option('--cell <name=value>', 'only cells with this value; may be repeated, for other params', collectCell)
    .option('--sample <n>', 'a trial of the whole pipeline on n items', readSample);
}

/** Adds the options that give values to params. */
export function withValueOptions(command: Command): Command {
  return command
    .option('--set <name=value>', 'give a param another value; may be repeated', collectSet)
    .option('--params <file>', 'values of params from a YAML or JSON file of name: value;\nmay be repeated, later ones and --set win', collectText);
}

/** A file and the options as they are written behind a command. */
export function fileAndOptions(path: string, options: PipelineOptions): string {
  return [path, ...optionWords(options)].map(shellWord).join(' ');
}

function optionWords({ set = {}, params = [], sweep = [], sweeps = true, cell, sample }: PipelineOptions): string[] {
  return [
    ...Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ...params.flatMap((file) => ['--params', file]),
    ...sweep.flatMap((name) => ['--sweep', name]),
    ...(sweeps ? [] : ['--no-sweeps']),
    ...(cell ? ['--cell', cellText(cell)] : []),
    ...(sample === undefined ? [] : ['--sample', String(sample)]),
  ];
}

/** Collects `--set name=value`. */
export function collectSet(entry: string, before: ParamValues = {}): ParamValues {
  return { ...before, ...readPair('--set', entry) };
}

/** What --sweep and --no-sweeps say together; undefined: all sweeps. */
export function chosenSweeps({ sweep, sweeps = true }: PipelineOptions): string[] | undefined {
  if (sweep && !sweeps) throw new CommandFailure('--sweep takes the cells of a sweep, --no-sweeps leaves all sweeps out: give one of the two', exit.usage);
  return sweep ?? (sweeps ? undefined : []);
}

/** Collects the texts of an option that may be repeated. */
export function collectText(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function readPair(option: string, entry: string): ParamValues {
  const at = entry.indexOf('=');
  if (at < 1) throw new CommandFailure(`${option} ${entry}: expected name=value, as in ${option} seed=2`, exit.usage);
  return { [entry.slice(0, at)]: entry.slice(at + 1) };
}

/** Reads how many items are asked for. */
export function readItems(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a number of items, at least 1.');
  return number;
}

function readSample(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return number;
}
