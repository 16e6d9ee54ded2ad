import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Debian packages of the servers and the sandbox that tests start, each with a program that shows that it is there. */
const packages = {
  'openssh-server': '/usr/sbin/sshd',
  'slurm-wlm': '/usr/sbin/slurmctld',
  munge: '/usr/sbin/munged',
  bubblewrap: '/usr/bin/bwrap',
};

const versitygwVersion = 'v1.8.0';

/** A server of S3 that keeps objects as files and checks signatures and checksums. Every checkout of a user finds the same one. */
export const versitygw = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'codepmp-tests',
  `versitygw-${versitygwVersion}`,
  'versitygw',
);

/**
 * Installs what tests start, on a machine that is there for tests (`CI` is set): Debian packages where it can install them, and what is
 * built with Go where it has Go. Elsewhere nothing is installed, and tests without it are skipped and counted. What is installed starts
 * nothing by itself.
 */
export function installTestServers(): void {
  if (!process.env['CI']) return;
  const missing = Object.entries(packages).flatMap(([name, program]) => (existsSync(program) ? [] : [name]));
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (canInstall && missing.length > 0) install(`packages for tests: ${missing.join(', ')}`, () => installPackages(missing));
  const go = ['/usr/local/go/bin/go', '/usr/bin/go'].find(existsSync);
  if (go !== undefined && !existsSync(versitygw)) install(`a server for tests: versitygw ${versitygwVersion}`, () => buildVersitygw(go));
}

function install(what: string, work: () => void): void {
  process.stdout.write(`\n== ${what}\n`);
  try {
    work();
  } catch (error) {
    process.stdout.write(`not installed, so its tests are skipped: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

function installPackages(names: string[]): void {
  const apt = (...args: string[]) => run('/usr/bin/apt-get', ['-qq', ...args], { env: { DEBIAN_FRONTEND: 'noninteractive' }, minutes: 5 });
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...names);
}

function buildVersitygw(go: string): void {
  const module = `github.com/versity/versitygw/cmd/versitygw@${versitygwVersion}`;
  run(go, ['install', module], { env: { GOBIN: dirname(versitygw), GOTOOLCHAIN: 'local' }, minutes: 10 });
}

function run(program: string, args: string[], { env, minutes }: { env: { [name: string]: string }; minutes: number }): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env }, timeout: minutes * 60_000 });
}
