import type { Command } from 'commander';
import { isError } from '../../compile/index.ts';
import { openToCheck, withCommonOptions, type CommonOptions } from '../context.ts';
import { exit } from '../terminal/failure.ts';
import { formats, printChecked, readDiagnosticFormat, type DiagnosticFormat } from '../terminal/diagnostics.ts';
import { readPipeline } from '../pipeline/file.ts';
import { fileAndOptions, withPipelineOptions, type PipelineOptions } from '../pipeline/options.ts';
import { count } from '../terminal/text.ts';
import { withNotes } from '../terminal/help.ts';

export function define(command: Command): void {
  withNotes(withPipelineOptions(withCommonOptions(command)), help)
    .argument('<file>', 'the pipeline file (- reads standard input)')
    .option('--format <format>', `${formats.join(', ')} (default: text, or json with --json)`, readDiagnosticFormat)
    .action(validateFile);
}

function validateFile(path: string, options: CommonOptions & PipelineOptions & { format?: DiagnosticFormat }): void {
  const format = options.format ?? (options.json ? 'json' : 'text');
  const { context, output, found: inConfig } = openToCheck({ ...options, json: format !== 'text' }, path);
  const { file, text, compiled } = context
    ? readPipeline(context, path, options)
    : { file: path, text: '', compiled: { diagnostics: [], rendered: [] } };
  const diagnostics = [...inConfig.diagnostics, ...compiled.diagnostics];
  const errors = diagnostics.filter(isError).length;
  const warnings = diagnostics.length - errors;
  process.exitCode = errors > 0 ? exit.failed : exit.done;
  printChecked({ ...compiled, diagnostics, rendered: [...inConfig.rendered, ...compiled.rendered] }, { file, text, format, output });
  const subject = inConfig.diagnostics.length > 0 ? `${file} and the configuration have` : `${file} has`;
  const found = errors + warnings === 0 ? `${file} is valid` : `\n${subject} ${count(errors, 'error')} and ${count(warnings, 'warning')}`;
  output.talk(found);
  const first = diagnostics.find(isError) ?? diagnostics[0];
  const asked = fileAndOptions(path, options);
  output.next([
    ...(first ? [[`codepmp explain ${first.code}`, 'the meaning of this code, with an example'] as [string, string]] : []),
    ...(errors > 0
      ? []
      : ([
          [`codepmp plan ${asked}`, 'see what would run'],
          [`codepmp run ${asked}`, 'run it'],
        ] as [string, string][])),
  ]);
}

const help =
  'Prints FILE:line:column for every problem. github: annotations in a workflow of GitHub Actions. Exit codes: 0 no errors, 1 ' +
  'errors.';
