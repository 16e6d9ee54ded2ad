import type { Command } from 'commander';
import { bundle, compile, type CompileOptions, type Compiled } from '../../compile/index.ts';
import { openContext, withCommonOptions, type CommonOptions } from '../context.ts';
import { withNotes } from '../terminal/help.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { writeOut } from '../terminal/out-file.ts';
import { compileOptions, requirePlan, filesRead } from '../pipeline/file.ts';
import { withValueOptions, type PipelineOptions } from '../pipeline/options.ts';
import { shellWord } from '../terminal/text.ts';

interface BundleOptions extends CommonOptions, Pick<PipelineOptions, 'set' | 'params'> {
  out?: string;
}

export function define(command: Command): void {
  withNotes(withValueOptions(withCommonOptions(command)), help)
    .argument('<file>', 'the pipeline file (- reads standard input)')
    .option('--out <file>', 'file to write (default: standard output)')
    .action(bundleFile);
}

function bundleFile(path: string, options: BundleOptions): void {
  const context = openContext(options, path);
  const { output } = context;
  const asked = compileOptions(context, path, options);
  const bundled = bundle(asked);
  const plan = requirePlan(context, { file: asked.file, compiled: bundled });
  const { text = '', files = {} } = bundled;
  requireSame(bundled, compile({ source: text, file: 'bundle.yaml', config: context.config }), asked);
  if (options.out !== undefined) writeOut(context, { out: options.out, text, what: 'bundle', sources: filesRead(context, path, bundled) });
  if (output.json)
    output.emit({
      format: 1,
      name: plan.name,
      files: [asked.file, ...Object.keys(files)],
      ...(options.out === undefined ? { text } : { out: options.out }),
    });
  else if (options.out === undefined) output.data(text.trimEnd());
  else output.data(options.out);
  const file = options.out ?? 'bundle.yaml';
  output.next([[`codepmp validate ${shellWord(file)}`, 'check it; it needs no other file']]);
  output.talk(submission(file, plan.name));
}

/** One file with defaults cannot express every choice: a bundle with another plan ends the command. */
function requireSame(before: Compiled, after: Compiled, { file }: CompileOptions): void {
  const keysOf = ({ plan }: Compiled): string => JSON.stringify(plan?.nodes.map(({ key }) => key).sort());
  if (after.plan && keysOf(before) === keysOf(after)) return;
  const reason = after.plan
    ? '--set chooses a value for a param that a sweep varies'
    : `it is not valid on its own:\n\n${after.rendered.join('\n\n')}`;
  throw new CommandFailure(
    `${file} cannot be bundled: the bundle would give another plan, because ${reason}. Use codepmp run, which sends every file`,
  );
}

function submission(file: string, name: string): string {
  return `  temporal workflow start --type pipeline --task-queue codepmp --workflow-id ${name} \\\n    --input-file ${shellWord(file)} --input-meta encoding=binary/plain`;
}

const help =
  "Writes the pipeline and everything it extends as one file, to be submitted with Temporal's own command line. The plan stays the " +
  'same. Values given with --set or --params become defaults; comments are lost.';
