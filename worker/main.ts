import { NativeConnection, Runtime, DefaultLogger } from '@temporalio/worker';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { giveOutLost, stopOrphans, type Dependencies } from '../activities/index.ts';
import { createProcesses } from '../adapters/index.ts';
import type { Processes } from '../ports/processes.ts';
import { bundleWorkflows } from './bundle.ts';
import { openDependencies } from './dependencies.ts';
import { createWorkers } from './workers.ts';

/**
 * Runs a worker for every queue of the operator's configuration. Reads `CODEPMP_STORE` and `CODEPMP_CONFIG`, finds the server as
 * Temporal's own command line does, and prints `{"type":"ready"}` when it polls. SIGTERM ends it: running processes are left for the
 * next worker, and model servers end with it.
 */
async function main(): Promise<void> {
  const home = process.env['CODEPMP_HOME'] ?? dirname(dirname(fileURLToPath(import.meta.url)));
  Runtime.install({ logger: new DefaultLogger('INFO'), shutdownSignals: ['SIGTERM', 'SIGINT'] });
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const [connection, { code }] = await Promise.all([NativeConnection.connect(connectionOptions), bundleWorkflows()]);
  const processes = createProcesses();
  const { dependencies, close } = await openDependencies({ connection, namespace: namespace ?? 'default', processes, home });
  const workers = await createWorkers({ connection, namespace: namespace ?? 'default', code, dependencies, identity: processes.own });
  const running = workers.map((worker) => worker.run());
  void takeOverLost(dependencies, processes);
  const sweeping = sweepOrphans(dependencies);
  process.stdout.write(`${JSON.stringify({ type: 'ready', pid: process.pid })}\n`);
  try {
    await Promise.all(running);
  } finally {
    clearInterval(sweeping);
    await close();
  }
}

/** Of what cannot be given out, because it has just ended or the server does not answer, the heartbeats are missed later. */
async function takeOverLost({ client }: Dependencies, processes: Processes): Promise<void> {
  const lost = await giveOutLost(client, processes).catch(() => 0);
  if (lost > 0) Runtime.instance().logger.info('what workers were doing whose processes have ended is given out again', { activities: lost });
}

/** Milliseconds between two looks for steps that no run waits for any more. */
const sweepEvery = 30_000;

function sweepOrphans({ client, store }: Dependencies): NodeJS.Timeout {
  const sweep = async (): Promise<void> => {
    const stopped = await stopOrphans(client, store.id).catch(() => []);
    for (const id of stopped) Runtime.instance().logger.info('a step was stopped, because no run waits for it', { id });
  };
  void sweep();
  return setInterval(() => void sweep(), sweepEvery);
}

await main();
process.exit(0);
