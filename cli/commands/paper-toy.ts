import type { Command } from 'commander';
import { join } from 'node:path';
import { openContext, withCommonOptions } from '../context.ts';
import { home } from '../terminal/installation.ts';
import { withNotes } from '../terminal/help.ts';
import { preparePaperToy } from '../toy/prepare.ts';
import { serveToyGithub } from '../toy/serve-github.ts';
import { runFile, type RunOptions } from './run.ts';

export function define(command: Command): void {
  withNotes(withCommonOptions(command), help).action(async (options: RunOptions) => {
    const file = join(home, 'pipelines', 'paper-toy.yaml');
    const { github } = openContext(options, file).config;
    const made = await preparePaperToy(home, (line) => process.stderr.write(`${line}\n`));
    await serveToyGithub(github.url, join(made, 'repositories'));
    return runFile(file, options);
  });
}

const help =
  'Makes small data sets, repositories and weights once, and then does the same as: codepmp run pipelines/paper-toy.yaml. It takes about ten minutes on two cores. Ctrl-C detaches and the run continues; the same command continues what was killed. Sizes this small are no evidence for or against the paper.';
