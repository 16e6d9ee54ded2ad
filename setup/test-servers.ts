import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Debian packages of the servers and the sandbox that tests start, each with a program that shows that it is there. */
const packages = {
  'openssh-server': '/usr/sbin/sshd',
  'slurm-wlm': '/usr/sbin/slurmctld',
  munge: '/usr/sbin/munged',
  bubblewrap: '/usr/bin/bwrap',
};

/**
 * Installs what tests start, where a machine that is there for tests (`CI` is set) can install Debian packages. Elsewhere
 * nothing is installed, and tests without it are skipped and counted. The packages start nothing by themselves.
 */
export function installTestServers(): void {
  const missing = Object.entries(packages).flatMap(([name, program]) => (existsSync(program) ? [] : [name]));
  if (!process.env['CI'] || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get') || missing.length === 0) return;
  process.stdout.write(`\n== packages for tests: ${missing.join(', ')}\n`);
  const apt = (...args: string[]): void => {
    execFileSync('apt-get', ['-qq', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 300_000,
    });
  };
  try {
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...missing);
  } catch (error) {
    process.stdout.write(`they cannot be installed, so their tests are skipped: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
