import type { Command } from 'commander';
import { bundle, compile } from '../../compile/index.ts';
import type { CompileOptions, Compiled } from '../../compile/index.ts';
import { openContext, withCommonOptions } from '../context.ts';
import type { CommonOptions } from '../context.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { writeOut } from '../terminal/out-file.ts';
import { compileOptions, requirePlan, sourcesOf, withValueOptions } from '../pipeline/file.ts';
import type { PipelineOptions } from '../pipeline/file.ts';
import { shellWord } from '../terminal/text.ts';

interface BundleOptions extends CommonOptions, Pick<PipelineOptions, 'set' | 'params'> {
  out?: string;
}

export function define(command: Command): void {
  withValueOptions(withCommonOptions(command))
    .argument('<file>', 'the pipeline; -: from standard input')
    .option('--out <file>', 'write it there (default: standard output)')
    .addHelpText('after', help)
    .action(bundleFile);
}

function bundleFile(path: string, options: BundleOptions): void {
  const context = openContext(options);
  const { output } = context;
  const asked = compileOptions(context, path, options);
  const bundled = bundle(asked);
  const plan = requirePlan(context, { file: asked.file, compiled: bundled });
  const { text = '', files = {} } = bundled;
  requireSame(bundled, compile({ source: text, file: 'bundle.yaml', config: context.config }), asked);
  if (options.out !== undefined) writeOut(context, { out: options.out, text, what: 'bundle', sources: sourcesOf(context, path, bundled) });
  if (output.json) output.emit({ format: 1, name: plan.name, files: [asked.file, ...Object.keys(files)], ...(options.out === undefined ? { text } : { out: options.out }) });
  else if (options.out === undefined) output.data(text.trimEnd());
  else output.data(options.out);
  const file = options.out ?? 'bundle.yaml';
  output.next([[`codepmp validate ${shellWord(file)}`, 'check it: it needs no other file']]);
  output.talk(submission(file, plan.name));
}

/** What can not be said in one file of defaults must not be said wrongly. */
function requireSame(before: Compiled, after: Compiled, { file }: CompileOptions): void {
  const keysOf = ({ plan }: Compiled): string => JSON.stringify(plan?.nodes.map(({ key }) => key).sort());
  if (after.plan && keysOf(before) === keysOf(after)) return;
  const reason = after.plan ? 'a choice that --set gives stands for the value of a param that a sweep changes' : after.rendered.join('\n\n');
  throw new CommandFailure(`${file} does not make the same plan as one file: ${reason}. Submit it with codepmp run, which carries every file`);
}

function submission(file: string, name: string): string {
  return `  temporal workflow start --type pipeline --task-queue codepmp --workflow-id ${name} \\\n    --input-file ${shellWord(file)} --input-meta encoding=binary/plain`;
}

const help = `
The pipeline and all that it extends as one file, for a submission by Temporal's own
command line. It makes the same plan; values given here become defaults; comments are lost.`;
