import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { once } from 'node:events';
import { openContext, requireStore, withCommonOptions } from '../context.ts';
import type { CommonOptions } from '../context.ts';
import { openDatabase } from '../inspect/database.ts';
import { runReader } from '../inspect/inspected-run.ts';
import { servePages } from '../inspect/server.ts';
import { pickRun } from '../runs/runs.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';

export function define(command: Command): void {
  withCommonOptions(command)
    .argument('[run]', 'the run (default: the newest)')
    .option('--port <port>', 'port to listen on (default: any free port)', portOf)
    .addHelpText('after', help)
    .action(inspect);
}

async function inspect(name: string | undefined, options: CommonOptions & { port?: number }): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const { port = 0 } = options;
  const store = await requireStore(context);
  const { run } = await pickRun(store, name);
  const database = await openDatabase(store.root);
  const server = await servePages({ run, read: runReader({ store, database, run }), port }).catch((error: Error) => {
    throw new CommandFailure(`cannot listen on port ${port}: ${error.message}. Choose another with --port`, exit.unreachable);
  });
  if (output.json) output.emit({ run, url: server.url });
  else output.data(server.url);
  output.talk(`Pages of ${run}, read-only and for this machine. The address is a secret: whoever knows it can read them. Ctrl-C stops`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await server[Symbol.asyncDispose]();
  database.close();
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError('expected a port from 1 to 65535.');
  return port;
}

const help = `
Shows what a run has made, in a browser: pairs with both answers side by side and their difference,
filtered by language, kind and length; the items that made no pair, by reason; candidates ranked by
score, with their verdicts; training curves; and for each item every step it came through. Works
while the run is in progress. Nothing in the store is changed.`;
