import type { Command } from 'commander';
import { openContext, requireStore, withCommonOptions, type CommonOptions } from '../context.ts';
import { pickRun } from '../runs/runs.ts';
import { connectServer } from '../runs/server.ts';
import { watchRun } from '../watch/watch-run.ts';
import { withNotes } from '../terminal/help.ts';

export function define(command: Command): void {
  withNotes(withCommonOptions(command), 'Ctrl-C detaches; the run continues. Exit codes: see codepmp run.')
    .argument('[run]', 'the run (default: the newest)')
    .action(watch);
}

async function watch(name: string | undefined, options: CommonOptions): Promise<void> {
  const context = openContext(options);
  const store = await requireStore(context);
  const { run } = await pickRun(store, name);
  await using server = await connectServer(context);
  process.exitCode = await watchRun({ context, store, server, run });
}
