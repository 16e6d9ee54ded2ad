import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Pool } from '../../ports/configuration.ts';
import { offersFolder, reach, readOffers } from './agents/offers.ts';
import { askSlurm } from './slurm-queue.ts';
import { shellCommand, sshFlags } from './ssh.ts';

/** What was found about a part of a pool; `next` says what to do where it is not in order. */
export interface PoolFinding {
  /** The host, or what was asked. */
  part: string;
  found: string;
  next?: string;
}

/** Looks at the nodes of a pool: whether they answer, and see the store and the installation. `store` is a folder of the store. */
export async function probePool(pool: Pool, { store }: { store: string }): Promise<PoolFinding[]> {
  if (pool.launcher === 'agents') return probeOffers(pool, store);
  return pool.launcher === 'ssh' ? probeHosts(pool, store) : probeSlurm(pool);
}

/** Every machine is tried that has offered itself, as a training would. */
async function probeOffers({ nodes }: Pool, store: string): Promise<PoolFinding[]> {
  if (nodes === undefined) return [{ part: 'agents', found: 'this machine' }];
  const folder = offersFolder(store);
  const offers = await readOffers(folder);
  const found = await Promise.all(
    offers.map(async (offer): Promise<PoolFinding> => {
      const socket = await reach(offer);
      socket?.destroy();
      const { node, address, port } = offer;
      if (socket) return { part: node, found: `answers at ${address}:${port}` };
      const next = `start codepmp worker there again, or delete ${join(folder, `${node}.json`)}`;
      return { part: node, found: `does not answer at ${address}:${port}`, next };
    }),
  );
  const living = found.filter(({ next }) => next === undefined).length;
  if (living >= nodes) return found;
  const next = 'start codepmp worker on more machines that share the store';
  return [...found, { part: 'nodes', found: `${living} of the ${nodes} that a training needs`, next }];
}

/** Every host is asked to read a file that was written here, by the Node that runs this. */
async function probeHosts({ hosts = [], ssh_config: config }: Pool, store: string): Promise<PoolFinding[]> {
  const folder = await mkdtemp(join(store, 'probe-'));
  try {
    const file = join(folder, 'node.mjs');
    await writeFile(file, 'console.log(`${(await import("node:os")).hostname()}, Node ${process.version}`);\n');
    const flags = [...(config === undefined ? [] : ['-F', config]), ...sshFlags];
    return await Promise.all(hosts.map((host) => probeHost(host, { flags, file })));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function probeHost(host: string, { flags, file }: { flags: string[]; file: string }): Promise<PoolFinding> {
  const run = promisify(execFile);
  const ask = (...words: string[]) => run('ssh', [...flags, host, shellCommand(words)], { timeout: 30_000 });
  try {
    await ask('true');
  } catch (error) {
    return { part: host, found: lastLineOf(error), next: `make ssh ${host} work without a question, or correct hosts` };
  }
  try {
    return { part: host, found: (await ask(process.execPath, file)).stdout.trim() };
  } catch (error) {
    const next = 'share the folders of the store and of codepmp with the host, at the same paths';
    return { part: host, found: lastLineOf(error), next };
  }
}

function lastLineOf(error: unknown): string {
  const { stderr = '', message } = error as Error & { stderr?: string };
  return stderr.trim().split('\n').at(-1) || message;
}

async function probeSlurm({ nodes = 1, sbatch = [] }: Pool): Promise<PoolFinding[]> {
  const [test, drained] = await Promise.all([
    askSlurm('sbatch', ['--test-only', ...sbatch, `--nodes=${nodes}`, '--ntasks-per-node=1', '--wrap=true']),
    askSlurm('sinfo', ['--noheader', '--list-reasons', '--format=%N: %E']),
  ]);
  const part = `sbatch on ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  if ('failure' in test) return [{ part, found: test.failure, next: 'correct nodes or sbatch of the pool, or look at sinfo' }];
  const reasons = 'output' in drained ? drained.output.trim().split('\n').filter((line) => line !== '') : [];
  const killed = reasons.filter((line) => line.includes('Kill task failed'));
  const accepted = { part, found: 'Slurm would start a job' };
  if (killed.length === 0) return [accepted];
  return [
    accepted,
    { part: 'drained', found: killed.join('; '), next: 'a process outlived its job there: end it, then scontrol update nodename=NODE state=resume' },
  ];
}
