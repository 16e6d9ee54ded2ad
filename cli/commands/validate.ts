import type { Command } from 'commander';
import { isError } from '../../compile/index.ts';
import { openContext, withCommonOptions } from '../context.ts';
import type { CommonOptions } from '../context.ts';
import { exit } from '../failure.ts';
import { collectSet, readPipeline } from '../pipeline-file.ts';
import type { SetValues } from '../pipeline-file.ts';
import { count } from '../words.ts';

export function define(command: Command): void {
  withCommonOptions(command)
    .argument('<file>', 'the pipeline')
    .option('--set <name=value>', 'give a param another value; may be repeated', collectSet)
    .addHelpText('after', '\nPrints FILE:line:column for every problem. Exit codes: 0 no errors, 1 errors.')
    .action(validateFile);
}

function validateFile(path: string, options: CommonOptions & { set?: SetValues }): void {
  const context = openContext(options);
  const { output } = context;
  const { file, compiled } = readPipeline(context, path, options.set ?? {});
  const errors = compiled.diagnostics.filter(isError).length;
  const warnings = compiled.diagnostics.length - errors;
  process.exitCode = errors > 0 ? exit.failed : exit.done;
  if (output.json) return output.emit({ file, valid: errors === 0, diagnostics: compiled.diagnostics });
  if (compiled.rendered.length > 0) output.data(compiled.rendered.join('\n\n'));
  const found = errors + warnings === 0 ? 'is valid' : `has ${count(errors, 'error')} and ${count(warnings, 'warning')}`;
  output.talk(`${errors + warnings === 0 ? '' : '\n'}${file} ${found}`);
  if (errors === 0)
    output.next([
      [`codepmp plan ${path}`, 'what would run'],
      [`codepmp run ${path}`, 'run it'],
    ]);
}
