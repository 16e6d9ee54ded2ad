import { execa } from 'execa';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { canDivide } from '../hosts.ts';
import { temporalServer } from '../server.ts';
import { home } from './rig.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codepmp-nfs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const said = (store: string): string =>
  `${store} is on NFS and mounted for a store that one machine uses at a time; to share the store with other machines, mount it with lookupcache=positive and without nocto`;

/** Runs a program of ours to which the system says that everything is on NFS with these options, until it has said something. */
async function firstWords(options: string, argv: string[], env: { [name: string]: string } = {}): Promise<string> {
  const mounts = join(folder, 'mounts');
  await writeFile(mounts, `files:/home / nfs4 rw,${options} 0 0\n`);
  const script = 'mount --bind "$0" /proc/$$/mounts && exec "$@"';
  const running = execa('unshare', ['-Urm', 'sh', '-c', script, mounts, process.execPath, ...argv], { cwd: folder, env, reject: false });
  let heard = '';
  const isReady = new Promise<void>((resolve) => {
    const hear = (data: Buffer): void => {
      heard += data.toString();
      if (/is on NFS|"ready"/.test(heard)) resolve();
    };
    running.stderr.on('data', hear);
    running.stdout.on('data', hear);
  });
  await Promise.race([isReady, running]);
  running.kill('SIGTERM');
  await running;
  return heard;
}

it.skipIf(!canDivide)('a worker on a mount that keeps names for a while warns that no other machine may use the store', async () => {
  await using server = await temporalServer();
  const env = { CODEPMP_HOME: home, CODEPMP_STORE: join(folder, 'store'), CODEPMP_CONFIG: '', TEMPORAL_ADDRESS: server.address };
  const main = join(home, 'worker', 'main.ts');
  expect(await firstWords('vers=4.2,hard', [main], env)).toContain(said(join(folder, 'store')));
  expect(await firstWords('vers=4.2,hard,lookupcache=pos', [main], env)).not.toContain('NFS');
});

it.skipIf(!canDivide)('the supervisor of the embedded server warns as well', async () => {
  const store = join(folder, 'store');
  const options = { store, home, wanted: { folder, config: null, variables: [], asker: null }, idleMs: null };
  const main = join(home, 'cli', 'supervisor', 'main.ts');
  expect(await firstWords('vers=4.2,hard', [main, JSON.stringify(options)])).toContain(said(store));
});
