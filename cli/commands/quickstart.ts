import type { Command } from 'commander';
import { join } from 'node:path';
import { withCommonOptions } from '../context.ts';
import { home } from '../terminal/installation.ts';
import { runFile, type RunOptions } from './run.ts';

export function define(command: Command): void {
  withCommonOptions(command)
    .addHelpText(
      'after',
      '\nThe same as: codepmp run pipelines/quickstart.yaml. It takes some minutes\non two cores. Ctrl-C detaches and the run continues.',
    )
    .action((options: RunOptions) => runFile(join(home, 'pipelines', 'quickstart.yaml'), options));
}
