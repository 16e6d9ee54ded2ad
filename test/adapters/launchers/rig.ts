import { createLauncher } from '../../../adapters/launchers/local.ts';
import { createSshLauncher } from '../../../adapters/launchers/ssh.ts';
import { openFileStore } from '../../../adapters/store/file.ts';
import type { Launcher } from '../../../ports/launcher.ts';

/** A launcher in words that another process understands. */
export interface LauncherRig {
  /** Folder of the store. */
  root: string;
  ssh?: { config: string; hosts: string[]; fenceMs?: number };
}

export async function openLauncher({ root, ssh }: LauncherRig): Promise<Launcher> {
  const local = createLauncher({ folder: (await openFileStore({ root })).scratch });
  return ssh ? createSshLauncher({ local, ...ssh }) : local;
}
