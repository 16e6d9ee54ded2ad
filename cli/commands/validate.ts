import type { Command } from 'commander';
import { isError } from '../../compile/index.ts';
import type { Plan } from '../../plan/index.ts';
import { kindOf } from '../../schemas/index.ts';
import { openContext, withCommonOptions } from '../context.ts';
import type { CommonOptions } from '../context.ts';
import { exit } from '../failure.ts';
import { formats, printChecked, readFormat } from '../format.ts';
import type { Format } from '../format.ts';
import { readPipeline, withPipelineOptions, writtenOptions } from '../pipeline-file.ts';
import type { PipelineOptions } from '../pipeline-file.ts';
import { count } from '../words.ts';

export function define(command: Command): void {
  withPipelineOptions(withCommonOptions(command))
    .argument('<file>', 'the pipeline; -: from standard input')
    .option('--format <format>', `${formats.join(', ')} (default: text, or json with --json)`, readFormat)
    .addHelpText(
      'after',
      '\nPrints FILE:line:column for every problem. github: annotations in a workflow of\nGitHub Actions; sarif: a log for code scanning. Exit codes: 0 no errors, 1 errors.',
    )
    .action(validateFile);
}

function validateFile(path: string, options: CommonOptions & PipelineOptions & { format?: Format }): void {
  const format = options.format ?? (options.json ? 'json' : 'text');
  const context = openContext({ ...options, json: format !== 'text' });
  const { output } = context;
  const { file, text, compiled } = readPipeline(context, path, options);
  const errors = compiled.diagnostics.filter(isError).length;
  const warnings = compiled.diagnostics.length - errors;
  process.exitCode = errors > 0 ? exit.failed : exit.done;
  printChecked(compiled, { file, text, format, output });
  const found = errors + warnings === 0 ? 'is valid' : `has ${count(errors, 'error')} and ${count(warnings, 'warning')}`;
  output.talk(`${errors + warnings === 0 ? '' : '\n'}${file} ${found}`);
  const first = compiled.diagnostics.find(isError) ?? compiled.diagnostics[0];
  const asked = `${path}${writtenOptions(options)}`;
  output.next([
    ...(first ? [[`codepmp explain ${first.code}`, 'what this code means, with an example'] as [string, string]] : []),
    ...(errors > 0
      ? []
      : ([
          [`codepmp plan ${asked}`, 'what would run'],
          ...(canRun(compiled.plan) ? [[`codepmp run ${asked}`, 'run it']] : []),
        ] as [string, string][])),
  ]);
}

/** Whether all its kinds run; some are declared only. */
function canRun(plan: Plan | undefined): boolean {
  return plan?.nodes.every(({ kind }) => kindOf(kind).runnable !== false) ?? false;
}
