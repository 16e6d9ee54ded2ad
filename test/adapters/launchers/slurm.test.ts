import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { probePool } from '../../../adapters/launchers/probe.ts';
import { wasPreempted } from '../../../adapters/launchers/slurm-queue.ts';
import { poolDefaults } from '../../../schemas/index.ts';
import { describeNodes, markerOf } from '../../contracts/gang-contract.ts';
import { testLaunchers } from '../../contracts/launcher-contract.ts';
import { openLauncher } from './rig.ts';
import { hasSlurm, idle, startSlurmNodes, type SlurmNodes } from './slurmd.ts';

describe.skipIf(!hasSlurm)('by Slurm', () => {
  let nodes: SlurmNodes;
  beforeAll(async () => {
    nodes = await startSlurmNodes();
    process.env['SLURM_CONF'] = nodes.config;
    return async () => {
      await nodes.stop();
      delete process.env['SLURM_CONF'];
    };
  });
  const rigOf = (root: string) => ({ root, slurm: { lostAfterMs: 1_000, fenceMs: 3_000 } });

  it('says whether a job could start, and which nodes a leftover process has drained', async () => {
    const store = nodes.config;
    expect(await probePool({ ...poolDefaults, launcher: 'slurm', nodes: 2 }, { store })).toEqual([
      { part: 'sbatch on 2 nodes', found: 'Slurm would start a job' },
    ]);
    const [refused] = await probePool({ ...poolDefaults, launcher: 'slurm', sbatch: ['--partition=gpu'] }, { store });
    expect(refused).toMatchObject({ found: expect.stringContaining('invalid partition specified: gpu') });
    expect(refused?.next).toBe('correct nodes or sbatch of the pool, or look at sinfo');
    await execa('scontrol', ['update', 'nodename=n2', 'state=drain', 'reason=Kill task failed']);
    const [, drained] = await probePool({ ...poolDefaults, launcher: 'slurm' }, { store });
    expect(drained).toMatchObject({ part: 'drained', found: 'n2: Kill task failed' });
    await execa('scontrol', ['update', 'nodename=n2', 'state=resume']);
  });

  describeNodes({ rigOf });

  describe('a launcher of two nodes', () => {
    const test = testLaunchers(rigOf, markerOf);
    const { ref, job, outputOf, exited, survivors } = test;
    beforeEach(() => idle(nodes.config));

    it('says why a job waits', async () => {
      const { launcher } = test;
      const other = { ...ref, attempt: '2' };
      await launcher.submit(job('sleep 60', { ...other, nodes: 2 }));
      await expect.poll(() => launcher.poll(other)).toEqual({ state: 'running' });
      await launcher.submit(job('exit 0', { nodes: 2 }));
      await expect.poll(() => launcher.poll(ref)).toEqual({ state: 'queued', reason: 'Resources' });
      await launcher.cancel(ref, { graceMs: 0 });
      expect(await launcher.poll(ref)).toMatchObject({ state: 'exited', failure: { cancelled: true } });
      await launcher.cancel(other, { graceMs: 0 });
    });

    it('gives a job another node than the one it has failed on, as long as there is one', async () => {
      const { launcher } = test;
      const nodeOf = async (attempt: string): Promise<string> => {
        await launcher.submit(job('exit 9', { attempt, nodes: 1 }));
        expect(await exited({ ...ref, attempt })).toMatchObject({ failure: { exit: 9 } });
        return readFile(join(await launcher.folder({ ...ref, attempt }), 'failed-node'), 'utf8');
      };
      const [first, second] = [await nodeOf('1'), await nodeOf('2')];
      expect([first, second].toSorted()).toEqual(['n1', 'n2']);
      expect([first, second]).toContain(await nodeOf('3'));
    });

    it('avoids no node when srun fails before one has said anything', async () => {
      const options = ['--export=ALL,SRUN_CPUS_PER_TASK=1000'];
      const launcher = await openLauncher({ ...test.rig, slurm: { lostAfterMs: 1_000, options } });
      await launcher.submit(job('exit 0', { nodes: 2 }));
      const stderr = expect.stringMatching(/^srun: error: .+\na node was lost: srun ended with 1$/s);
      expect(await exited()).toMatchObject({ failure: { signal: 'SIGKILL', stderr } });
      expect(await readdir(await launcher.folder(ref))).not.toContain('failed-node');
    });

    it('lets a job run while the controller is away, and finds it again', async () => {
      const { launcher } = test;
      await launcher.submit(job('sleep 3; exit 7', { nodes: 2 }));
      await expect.poll(survivors).not.toEqual([]);
      await nodes.end('slurmctld');
      expect(await launcher.poll(ref)).toEqual({ state: 'running' });
      await nodes.start('slurmctld');
      expect(await exited()).toMatchObject({ failure: { exit: 7 } });
    });

    it('finds a job lost that Slurm has forgotten, as one that was killed', async () => {
      const { launcher } = test;
      await launcher.submit(job('sleep 60', { nodes: 2 }));
      await expect.poll(survivors).not.toEqual([]);
      await execa('scancel', ['--me']);
      expect(await exited()).toMatchObject({ failure: { signal: expect.stringMatching(/^SIG(KILL|TERM)$/), cancelled: false } });
      await expect.poll(survivors).toEqual([]);
    });

    it('finds a job preempted that ends to make room for one of a higher priority, and avoids no node for that', async () => {
      const { launcher } = test;
      await launcher.submit(job('sleep 60', { nodes: 2 }));
      await expect.poll(survivors).not.toEqual([]);
      await makeRoom();
      expect(await exited()).toMatchObject({ failure: { signal: 'SIGTERM', cancelled: false, preempted: true } });
      expect(await readdir(await launcher.folder(ref))).not.toContain('failed-node');
      await expect.poll(survivors).toEqual([]);
    });

    it('tells a job that Slurm has killed to make room from one that was ended otherwise', async () => {
      const states = async (): Promise<string> => (await execa('squeue', ['--noheader', '--states=all', '--format=%j %T'])).stdout;
      for (const name of ['ended', 'killed']) {
        await execa('sbatch', ['--nodes=2', `--job-name=${name}`, '--no-requeue', '--output=/dev/null', '--wrap=sleep 60']);
        await expect.poll(states).toContain(`${name} RUNNING`);
        await (name === 'ended' ? execa('scancel', ['--me']) : makeRoom());
        await expect.poll(states).not.toMatch(new RegExp(`${name} (RUNNING|COMPLETING)`));
      }
      expect([await wasPreempted('ended'), await wasPreempted('killed')]).toEqual([false, true]);
    });

    it('ends a job on both nodes when the daemon of one is killed and does not come back, which counts as a kill', async () => {
      const { launcher } = test;
      await launcher.submit(job('echo ready; sleep 300', { nodes: 2 }));
      await expect.poll(() => outputOf('stdout')).toBe('ready\nready\n');
      await nodes.end('n2', 'SIGKILL');
      await expect.poll(() => launcher.poll(ref)).toMatchObject({ state: 'exited', failure: { cancelled: false } });
      expect(await launcher.poll(ref)).toMatchObject({ failure: { signal: expect.stringMatching(/^SIG(KILL|TERM)$/) } });
      await expect.poll(survivors).toEqual([]);
      await nodes.start('n2');
    });

    it.each(['SIGTERM', 'SIGKILL'] as const)('starts a job at most once when the controller is ended by %s just after', async (signal) => {
      const { launcher, place } = test;
      await launcher.submit(job(`echo $CODEPMP_NODE >> ${place}/starts; exit 7`, { nodes: 2 }));
      await nodes.end('slurmctld', signal);
      await nodes.start('slurmctld');
      await expect.poll(() => launcher.poll(ref)).toMatchObject({ state: 'exited' });
      await execa('scancel', ['--me']);
      await idle(nodes.config);
      const starts = await readFile(join(place, 'starts'), 'utf8').catch(() => '');
      expect(['', 'n1,n2']).toContain(starts.trim().split('\n').toSorted().join(','));
      expect(await survivors()).toEqual([]);
    });

    const makeRoom = () => execa('sbatch', ['--nodes=2', '--partition=urgent', '--output=/dev/null', '--wrap=true']);
  });
});
