import { spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import { join } from 'node:path';
import { home } from '../terminal/installation.ts';

export function define(command: Command): void {
  command.action(() => {
    const { status } = spawnSync('sh', [join(home, 'setup', 'uninstall.sh')], {
      env: { ...process.env, CODEPMP_HOME: home },
      stdio: 'inherit',
    });
    process.exitCode = status ?? 1;
  });
}
