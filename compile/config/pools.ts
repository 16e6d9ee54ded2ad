import { resolve } from 'node:path';
import type { Pool } from '../../ports/configuration.ts';
import type { ConfigFile } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';

type PoolFile = ConfigFile['pools'][string];

/** The launchers that a setting of a pool is for. */
const launchersOf = { hosts: ['ssh'], ssh_config: ['ssh'], nodes: ['agents', 'slurm'], sbatch: ['slurm'] } as const;

interface PoolContext {
  name: string;
  /** The folder of the file. */
  folder: string;
  report: (path: string[], problem: Omit<Problem, 'code' | 'at'>) => void;
}

/** A pool as launchers take it; settings that its own launcher does not have are reported. */
export function declaredPool(file: PoolFile, { name, folder, report }: PoolContext): Pool {
  for (const [setting, launchers] of Object.entries(launchersOf))
    if (file[setting as keyof PoolFile] !== undefined && launchers.every((launcher) => launcher !== file.launcher))
      report(['pools', name, setting], {
        message: `pools.${name}.${setting} is a setting of ${launchers.length === 1 ? 'the launcher' : 'the launchers'} ${launchers.join(' and ')}`,
        got: `launcher: ${file.launcher}`,
        hint: `remove ${setting}, or set launcher: ${launchers.join(' or launcher: ')}`,
      });
  if (file.launcher === 'ssh' && !file.hosts)
    report(['pools', name], { message: `pools.${name} lacks the key hosts`, expected: 'the hosts to log in to', hint: 'add hosts' });
  const { ssh_config: config, ...pool } = file;
  return {
    ...pool,
    ...(file.hosts ? { nodes: file.hosts.length } : {}),
    ...(config === undefined ? {} : { ssh_config: resolve(folder, config) }),
  };
}
