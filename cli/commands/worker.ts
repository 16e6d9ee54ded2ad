import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { once } from 'node:events';
import { openContext, withCommonOptions, type CommonOptions } from '../context.ts';
import { withNotes } from '../terminal/help.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { workerProgram } from '../supervisor/index.ts';
import { connectServer, namedServer } from '../runs/server.ts';

export function define(command: Command): void {
  withNotes(withCommonOptions(command), help)
    .action(runWorker);
}

/** Runs a worker for the server set in the environment or the configuration. */
async function runWorker(options: CommonOptions): Promise<void> {
  const context = openContext(options);
  const { config, home, output } = context;
  const named = namedServer(context);
  if (!named)
    throw new CommandFailure(
      'no Temporal server is configured. Set TEMPORAL_ADDRESS or temporal: in codepmp.config.yaml; the embedded server (codepmp dev) has its own worker',
      exit.usage,
    );
  await (await connectServer(context))[Symbol.asyncDispose]();
  const { argv, env: defaults } = workerProgram(home);
  const [program, ...args] = argv;
  const place = { CODEPMP_HOME: home, CODEPMP_STORE: config.store, CODEPMP_CONFIG: config.file ?? '' };
  const env: NodeJS.ProcessEnv = { ...defaults, ...process.env, ...place };
  if (config.temporal && named.from === config.file)
    Object.assign(env, { TEMPORAL_ADDRESS: config.temporal.address, TEMPORAL_NAMESPACE: config.temporal.namespace });
  output.talk(`worker for ${named.address}, store ${config.store}; Ctrl-C ends it`);
  const child = spawn(program, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGINT', () => undefined);
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? exit.failed;
}

const help =
  'Polls the task queues of the configuration on the configured Temporal server until Ctrl-C. Trainings it started continue without ' +
  'it. The embedded server needs none: it has its own worker.';
