import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { hasSlurm, startSlurmNodes } from '../adapters/launchers/slurmd.ts';
import { hasSshd, startSshNodes } from '../adapters/launchers/sshd.ts';
import { config, training } from './pipelines.ts';
import { artifactOf, project, tinyWeights } from './rig.ts';

/** A training and its measurement on this pool: their results, byte for byte, and the logs of its processes by their names. */
async function runOn(pool: string) {
  const files = { 'codepmp.config.yaml': `${config({ weights: await tinyWeights() })}pools: {local: ${pool}}\n` };
  await using user = await project({ ...files, 'train.yaml': training({ presentations: 8 }) });
  expect(await user.run('train.yaml')).toMatchObject({ status: 'succeeded', nodes: { ran: 4 } });
  const logs = (await readdir(join(user.store, 'jobs'), { recursive: true })).filter((path) => path.endsWith('.log'));
  return {
    results: { rm: await artifactOf(user, 'rm'), accuracy: await artifactOf(user, 'accuracy') },
    logs: [...new Set(logs.map((path) => basename(path)))].toSorted(),
  };
}

const title = 'a pipeline file runs unchanged on this machine, by agents, over ssh and by Slurm, with equal results';
it.skipIf(!hasSshd || !hasSlurm)(title, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'codepmp-sshd-'));
  const [ssh, slurm] = [await startSshNodes(folder, ['apart']), await startSlurmNodes()];
  vi.stubEnv('SLURM_CONF', slurm.config);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await Promise.all([ssh.stop(), slurm.stop()]);
    await rm(folder, { recursive: true, force: true });
  });
  const here = await runOn('{launcher: agents}');
  const byAgents = await runOn('{launcher: agents, nodes: 1}');
  const bySsh = await runOn(`{launcher: ssh, hosts: [apart], ssh_config: "${ssh.config}"}`);
  const bySlurm = await runOn('{launcher: slurm}');
  expect([byAgents.results, bySsh.results, bySlurm.results]).toEqual([here.results, here.results, here.results]);
  const own = ['stderr.log', 'stdout.log'];
  expect(here.logs).toEqual(own);
  expect(byAgents.logs).toEqual(expect.arrayContaining([`${hostname()}.stderr.log`, `${hostname()}.stdout.log`, ...own]));
  expect(bySsh.logs).toEqual(['apart.stderr.log', 'apart.stdout.log', ...own]);
  expect(bySlurm.logs).toEqual(expect.arrayContaining(['slurm.log', ...own]));
});
