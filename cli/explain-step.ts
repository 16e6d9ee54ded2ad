import type { Command } from 'commander';
import type { CommonOptions } from './context.ts';
import { CommandFailure, exit } from './failure.ts';

export interface ExplainStepOptions extends CommonOptions {
  /** The run whose step is meant, or the file of a pipeline; the newest run where it is left out. */
  of?: string | undefined;
}

/** Adds the options that explaining a step takes. */
export function withStepOptions(command: Command): Command {
  return command;
}

/** Says why a step will run, was reused or ran again. */
export async function explainStep(step: string, _options: ExplainStepOptions): Promise<void> {
  throw new CommandFailure(`${step} is not a code of an error. Expected a code, as in codepmp explain E0105`, exit.usage);
}
