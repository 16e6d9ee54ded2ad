import type { Command } from 'commander';
import { codes, isCode, pageOf } from '../../compile/index.ts';
import { withCommonOptions } from '../context.ts';
import { explainStep, withStepOptions, type ExplainOptions } from '../explain/step.ts';
import { withNotes } from '../terminal/help.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { suggestion } from '../terminal/suggestion.ts';
import { createOutput } from '../terminal/output.ts';

export function define(command: Command): void {
  withNotes(withStepOptions(withCommonOptions(command)), help)
    .argument('<code or step>', 'an error code such as E0105, or a step')
    .argument('[run or file]', 'for a step: a run or a pipeline file (default: the newest run)')
    .action(explain);
}

/**
 * A capital E and digits is always a code, since no step has a capital letter in its name; `e0105` is a step where a run or file
 * is given.
 */
async function explain(what: string, of: string | undefined, options: ExplainOptions): Promise<void> {
  const code = what.toUpperCase();
  const isOfStep = of !== undefined || options.run !== undefined;
  if (!/^E\d+$/.test(what) && (isOfStep || !isCode(code))) return explainStep(what, { ...options, of });
  if (!isCode(code)) {
    const next = suggestion(code, Object.keys(codes), 'docs/errors.md lists all codes');
    throw new CommandFailure(`there is no code ${code}. ${next}`, exit.usage);
  }
  const output = createOutput({ json: options.json ?? false });
  const page = pageOf(code) ?? `# ${code}: ${codes[code]}`;
  if (output.json) output.emit({ code, title: codes[code], page });
  else output.data(page.trimEnd());
}

const help =
  'For a code: what it means, an example that causes it, the corrected example, and why the rule exists. For a step of a file: why ' +
  'a run would run or reuse it. For a step of a run: why it ran or was reused.';
