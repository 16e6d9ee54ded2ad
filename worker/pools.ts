import { createMachine, type Dependencies, type ProcessPool } from '../activities/index.ts';
import { createLauncher, createSshLauncher } from '../adapters/index.ts';
import type { Pool } from '../ports/configuration.ts';
import type { Store } from '../ports/store.ts';

interface PoolOptions {
  store: Store;
  /** This machine, which local processes share with model servers. */
  machine: Dependencies['machine'];
  pools: { [name: string]: Pool };
}

/** The declared pools, each with its launcher; one that is not declared is this machine. */
export function createPools({ store, machine, pools }: PoolOptions): Dependencies['pools'] {
  const local = createLauncher({ folder: (name) => store.scratch(name) });
  const here: ProcessPool = { launcher: local, machine };
  const created = new Map<string, ProcessPool>();
  for (const [name, { launcher, hosts = [], ssh_config: config }] of Object.entries(pools))
    if (launcher === 'ssh') {
      const ssh = createSshLauncher({ local, hosts, ...(config && { config }) });
      created.set(name, { launcher: ssh, machine: createMachine() });
    }
  return (name) => created.get(name) ?? here;
}
