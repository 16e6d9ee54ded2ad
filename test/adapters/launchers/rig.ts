import { createAgentsLauncher } from '../../../adapters/launchers/agents/agents.ts';
import { createLauncher } from '../../../adapters/launchers/local.ts';
import { createSshLauncher } from '../../../adapters/launchers/ssh.ts';
import { createSlurmLauncher } from '../../../adapters/launchers/slurm.ts';
import { openFileStore } from '../../../adapters/store/file.ts';
import type { Launcher } from '../../../ports/launcher.ts';

/** A launcher in words that another process understands. */
export interface LauncherRig {
  /** Folder of the store. */
  root: string;
  slurm?: { lostAfterMs: number; fenceMs?: number; options?: string[] };
  agents?: { fenceMs: number };
  ssh?: { config: string; hosts: string[]; fenceMs?: number };
}

export async function openLauncher({ root, agents, ssh, slurm }: LauncherRig): Promise<Launcher> {
  const folder = (await openFileStore({ root })).scratch;
  if (slurm) return createSlurmLauncher({ folder, ...slurm });
  const local = createLauncher({ folder });
  if (agents) return createAgentsLauncher({ local, root, ...agents });
  return ssh ? createSshLauncher({ local, ...ssh }) : local;
}
