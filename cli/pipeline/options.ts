import { InvalidArgumentError, type Command } from 'commander';
import { cellText, collectCell } from '../runs/cells.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import type { ParamValues } from '../../plan/index.ts';
import { shellWord } from '../terminal/text.ts';

/** The options that, together with the file, decide the plan. */
export interface PipelineOptions {
  /** Values of params from --set. */
  set?: ParamValues;
  /** Files with values of params; later files win, and `set` wins over all. */
  params?: string[];
  /** Only the cells of these sweeps. */
  sweep?: string[] | undefined;
  /** False: no sweeps, only the cell of the defaults. */
  sweeps?: boolean | undefined;
  /** Only cells with these values. */
  cell?: ParamValues | undefined;
  /** A trial on this many items. */
  sample?: number | undefined;
  /** Set by commands that run the plan: weights that cannot be trained are then errors, not warnings. */
  toRun?: boolean | undefined;
}

/** Adds the options of all commands that read a pipeline. */
export function withPipelineOptions(command: Command): Command {
  return withValueOptions(command)
    .option('--sweep <name>', 'only the cells of this sweep; repeatable', collectText)
    .option('--no-sweeps', 'no sweeps: only the cell with the default values')
    .option('--cell <name=value>', 'only cells with this value; repeatable for other params', collectCell)
    .option('--sample <n>', 'try the whole pipeline on n items', readCount);
}

/** Adds the options that give values to params. */
export function withValueOptions(command: Command): Command {
  return command
    .option('--set <name=value>', 'set a param; repeatable', collectSet)
    .option(
      '--params <file>',
      'set params from a YAML or JSON file with lines name: value; repeatable, later files and --set win',
      collectText,
    );
}

/** A file and the options, as written on a command line. */
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
function collectSet(entry: string, before: ParamValues = {}): ParamValues {
  return { ...before, ...readPair('--set', entry) };
}

/** The sweeps chosen by --sweep and --no-sweeps; undefined: all. */
export function chosenSweeps({ sweep, sweeps = true }: PipelineOptions): string[] | undefined {
  if (sweep && !sweeps) throw new CommandFailure('--sweep and --no-sweeps cannot be combined: use one of the two', exit.usage);
  return sweep ?? (sweeps ? undefined : []);
}

/** Collects the values of a repeatable option. */
export function collectText(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function readPair(option: string, entry: string): ParamValues {
  const at = entry.indexOf('=');
  if (at < 1) throw new CommandFailure(`${option} ${entry}: expected name=value, as in ${option} seed=2`, exit.usage);
  return { [entry.slice(0, at)]: entry.slice(at + 1) };
}

/** Reads a number of things. */
export function readCount(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return number;
}
