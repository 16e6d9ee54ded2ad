import { createMachine, scheduled, type Dependencies, type ProcessPool } from '../activities/index.ts';
import { createAgentsLauncher, createLauncher, createSlurmLauncher, createSshLauncher } from '../adapters/index.ts';
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
  const folder = (name: string): Promise<string> => store.scratch(name);
  const local = createLauncher({ folder });
  const poolOf = ({ launcher, nodes, hosts = [], ssh_config: config, sbatch }: Pool): ProcessPool => {
    if (launcher === 'agents' && nodes === undefined) return { launcher: local, machine };
    if (launcher === 'agents') return { launcher: createAgentsLauncher({ local, root: store.root }), machine: createMachine() };
    if (launcher === 'slurm') return { launcher: createSlurmLauncher({ folder, ...(sbatch && { options: sbatch }) }), machine: scheduled };
    return { launcher: createSshLauncher({ local, hosts, ...(config && { config }) }), machine: createMachine() };
  };
  const created = new Map(Object.entries(pools).map(([name, pool]) => [name, poolOf(pool)]));
  return (name) => created.get(name) ?? { launcher: local, machine };
}
