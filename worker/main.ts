import { NativeConnection, Runtime, DefaultLogger } from '@temporalio/worker';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
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
  const { dependencies, close } = await openDependencies({ connection, namespace: namespace ?? 'default', home });
  const workers = await createWorkers({ connection, namespace: namespace ?? 'default', code, dependencies });
  const running = workers.map((worker) => worker.run());
  process.stdout.write(`${JSON.stringify({ type: 'ready', pid: process.pid })}\n`);
  try {
    await Promise.all(running);
  } finally {
    await close();
  }
}

await main();
process.exit(0);
