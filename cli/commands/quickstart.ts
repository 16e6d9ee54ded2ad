import type { Command } from 'commander';
import { join } from 'node:path';
import { withCommonOptions } from '../context.ts';
import { home } from '../terminal/installation.ts';
import { runFile, type RunOptions } from './run.ts';
import { withNotes } from '../terminal/help.ts';

export function define(command: Command): void {
  withNotes(withCommonOptions(command), help)
    .action((options: RunOptions) => runFile(join(home, 'pipelines', 'quickstart.yaml'), options));
}

const help =
  'The same as: codepmp run pipelines/quickstart.yaml. It takes some minutes on two cores. Ctrl-C detaches and the run continues.';
