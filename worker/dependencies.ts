import { Client } from '@temporalio/client';
import { Runtime, type NativeConnection } from '@temporalio/worker';
import { join } from 'node:path';
import { createMachine, createMeters, followEndpointLimits, type Dependencies } from '../activities/index.ts';
import { createArtifacts, createMachineLock, createModelServers, createSandbox } from '../adapters/index.ts';
import { offerNode, openStore, sharingTrouble } from '../adapters/index.ts';
import { createArchives, createGithub, createRepositories, createTables } from '../adapters/sources/index.ts';
import { checkPlan, checkSubmission, createGuardedCompile, loadConfig, readTemplate } from '../compile/index.ts';
import { addClaims, gatherReport, renderReport } from '../report/index.ts';
import type { Processes } from '../ports/processes.ts';
import { createPools } from './pools.ts';

interface DependencyOptions {
  connection: NativeConnection;
  namespace: string;
  processes: Processes;
  /** Root of the installation. */
  home: string;
}

/** Assembles the parts of a worker from the operator's configuration, which the environment names. */
export async function openDependencies({ connection, namespace, processes, home }: DependencyOptions): Promise<{
  dependencies: Dependencies;
  close: () => Promise<void>;
}> {
  const { config, rendered, diagnostics } = loadConfig({ folder: process.cwd(), env: process.env, home });
  if (diagnostics.some((each) => each.severity === 'error')) throw new Error(rendered.join('\n\n'));
  const store = await openStore(config);
  const python = join(home, '.setup', 'python', 'bin', 'python');
  const machine = createMachine({ lock: createMachineLock({ root: store.root }) });
  const pools = createPools({ store, machine, pools: config.pools });
  if (Object.values(config.pools).some(({ launcher, nodes }) => launcher === 'agents' && nodes !== undefined)) offerNode(store.root);
  const warn = (line: string): void => Runtime.instance().logger.warn(line);
  const trouble = config.bucket ? null : await sharingTrouble(store.root);
  if (trouble) warn(`${trouble.found}; ${trouble.next}`);
  const limits = followEndpointLimits({ store, endpoints: config.endpoints, processes, warn });
  const servers = createModelServers({
    endpoints: config.endpoints,
    limits,
    launcherOf: (pool) => pools(pool).launcher,
    python,
    logs: join(store.root, 'dev', 'logs'),
    warn,
  });
  const guarded = createGuardedCompile();
  const dependencies: Dependencies = {
    store,
    artifacts: createArtifacts(store),
    tables: createTables(),
    archives: createArchives(),
    repositories: createRepositories(),
    openGithub: createGithub({ access: config.github, warn }),
    servers,
    pools,
    machine,
    meters: createMeters(store),
    config,
    client: new Client({ connection, namespace }),
    compiler: { compile: guarded.compile, checkSubmission, checkPlan, readTemplate },
    reports: { gather: gatherReport, render: renderReport, addClaims },
    sandbox: createSandbox({ bubblewrap: 'bwrap', python }),
    python,
    home,
  };
  const close = async (): Promise<void> => {
    guarded.close();
    await servers.stop();
    await limits.close();
  };
  return { dependencies, close };
}
