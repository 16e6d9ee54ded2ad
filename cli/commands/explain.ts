import type { Command } from 'commander';
import { codes, isCode, nearName, pageOf } from '../../compile/index.ts';
import { withCommonOptions } from '../context.ts';
import { explainStep, withStepOptions } from '../explain/step.ts';
import type { ExplainOptions } from '../explain/step.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { createOutput } from '../terminal/output.ts';

export function define(command: Command): void {
  withStepOptions(withCommonOptions(command))
    .argument('<code or step>', 'the code of an error, as E0105, or a step')
    .argument('[run or file]', 'for a step: the run, or the file of a pipeline (default: the newest run)')
    .addHelpText('after', '\nA code: what it means, a wrong example, the same put right, and why the rule exists.')
    .action(explain);
}

/** No step has a capital letter in its name; one that looks like a code otherwise is told by the run or the file it is looked for in. */
async function explain(what: string, of: string | undefined, options: ExplainOptions): Promise<void> {
  const code = what.toUpperCase();
  const isOfStep = of !== undefined || options.run !== undefined;
  if (!/^E\d+$/.test(what) && (isOfStep || !isCode(code))) return explainStep(what, { ...options, of });
  if (!isCode(code)) throw new CommandFailure(`there is no code ${code}. ${nearCode(code)}`, exit.usage);
  const output = createOutput({ json: options.json ?? false });
  const page = pageOf(code) ?? `# ${code}: ${codes[code]}`;
  if (output.json) output.emit({ code, title: codes[code], page });
  else output.data(page.trimEnd());
}

function nearCode(code: string): string {
  const all = Object.keys(codes);
  const near = nearName(code, all);
  return near ? `Did you mean ${near}?` : `Codes go from ${all[0]} to ${all.at(-1)}; docs/errors.md has all of them`;
}
