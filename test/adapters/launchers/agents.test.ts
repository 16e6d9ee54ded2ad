import type { ChildProcess } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { createMachineLock } from '../../../adapters/index.ts';
import { offersFolder } from '../../../adapters/launchers/agents/offers.ts';
import { probePool } from '../../../adapters/launchers/probe.ts';
import { poolDefaults } from '../../../schemas/index.ts';
import { describeNodes, markerOf } from '../../contracts/gang-contract.ts';
import { testLaunchers } from '../../contracts/launcher-contract.ts';
import { hasNetworks, startListener, startListeners, startNetwork, withdraw } from './listeners.ts';
import { canDivide, onHost } from '../../hosts.ts';

const submitJob = join(import.meta.dirname, 'fixtures', 'submit-job.ts');

describe.skipIf(process.platform !== 'linux')('by agents', () => {
  let listeners: { [node: string]: ChildProcess } = {};
  afterEach(async () => {
    for (const listener of Object.values(listeners)) listener.kill('SIGCONT');
    await Promise.all(Object.values(listeners).map(withdraw));
  });
  const rigOf = (root: string) => {
    listeners = startListeners(root);
    return { root, agents: { fenceMs: 3_000 } };
  };

  describeNodes({ rigOf });

  describe('a launcher of two nodes', () => {
    const test = testLaunchers(rigOf, markerOf);
    const { ref, job, outputOf, exited, survivors } = test;
    const twoRun = () => expect.poll(async () => (await survivors()).length).toBeGreaterThanOrEqual(4);

    it('says which nodes answer, and keeps their secrets to the user', async () => {
      const probed = () => probePool({ ...poolDefaults, nodes: 2 }, { store: test.rig.root });
      const answering = ['n1', 'n2'].map((part) => ({ part, found: expect.stringMatching(/^answers at 127\.0\.0\.[23]:\d+$/) }));
      await expect.poll(probed).toEqual(answering);
      const file = join(offersFolder(test.rig.root), 'n2.json');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const offer = await readFile(file, 'utf8');
      listeners['n2']?.kill('SIGKILL');
      await writeFile(join(offersFolder(test.rig.root), 'n1.json'), offer.replace(/"secret":"\w+"/, `"secret":"${'0'.repeat(64)}"`));
      await expect.poll(probed).toEqual([
        { part: 'n2', found: expect.stringMatching(/^does not answer at 127\.0\.0\.3:\d+$/), next: expect.stringContaining('codepmp worker') },
        { part: 'n2', found: expect.stringMatching(/^does not answer/), next: expect.anything() },
        { part: 'nodes', found: '0 of the 2 that a training needs', next: expect.anything() },
      ]);
    });

    it('waits until there are as many nodes as a job needs, says so, and has not run until then', async () => {
      const { launcher } = test;
      await launcher.submit(job('exit 0', { nodes: 3 }));
      const waiting = { state: 'queued', reason: 'nodes needed: 3, there: n1, n2' };
      await expect.poll(() => launcher.poll(ref)).toEqual(waiting);
      expect(await launcher.ran(ref)).toBeNull();
      await launcher.cancel(ref, { graceMs: 0 });
      expect(await launcher.poll(ref)).toMatchObject({ state: 'exited', failure: { cancelled: true } });
      expect(await launcher.ran(ref)).toBeNull();
    });

    it('takes all nodes of a job or none, one job at a time on each, and none that a worker uses by itself', async () => {
      const { launcher, place } = test;
      const other = { ...ref, job: 'store/other' };
      const lock = createMachineLock({ root: test.rig.root, machine: 'n2' });
      await lock.take('something');
      const wait = `while [ ! -e ${place}/go ]; do sleep 0.05; done`;
      await launcher.submit(job(`echo both >> ${place}/order`, { nodes: 2 }));
      const reasonOf = async () => launcher.poll(ref).then((state) => (state.state === 'queued' ? state.reason : ''));
      await expect.poll(reasonOf).toMatch(/^n2 has another worker/);
      await launcher.submit(job(`echo one >> ${place}/order; ${wait}`, { ...other, nodes: 1 }));
      await expect.poll(() => readFile(join(place, 'order'), 'utf8').catch(() => '')).toBe('one\n');
      await expect.poll(reasonOf).toMatch(/^n1 has another training/);
      await writeFile(join(place, 'go'), '');
      expect(await exited(other)).toEqual({ state: 'exited', failure: null });
    });

    it('runs a job on while the worker of a node is away', async () => {
      const { launcher, place } = test;
      await launcher.submit(job(`while [ ! -e ${place}/go ]; do sleep 0.05; done`, { nodes: 2 }));
      await twoRun();
      const ended = Promise.all(Object.values(listeners).map(withdraw));
      await expect.poll(() => probePool({ ...poolDefaults, nodes: 1 }, { store: test.rig.root })).toHaveLength(1);
      expect(await launcher.poll(ref)).toEqual({ state: 'running' });
      await writeFile(join(place, 'go'), '');
      expect(await exited()).toEqual({ state: 'exited', failure: null });
      await ended;
    });

    it.each(['SIGKILL', 'SIGSTOP'] as const)('ends both nodes when one is lost by %s, and takes it last from then on', async (signal) => {
      const { launcher } = test;
      await launcher.submit(job('sleep 60', { nodes: 2 }));
      await twoRun();
      listeners['n1']?.kill(signal);
      expect(await exited()).toMatchObject({ failure: { signal: 'SIGKILL', cancelled: false } });
      await expect.poll(survivors).toEqual([]);
      expect(await readFile(join(await launcher.folder(ref), 'failed-node'), 'utf8')).toBe('n1');
      listeners['n1']?.kill('SIGCONT');
      await launcher.submit(job('exit 0', { attempt: '2', nodes: 1 }));
      expect(await exited({ ...ref, attempt: '2' })).toEqual({ state: 'exited', failure: null });
      expect(await readFile(join(await launcher.folder({ ...ref, attempt: '2' }), 'n2.stdout.log'), 'utf8')).toBe('');
    });

    it.skipIf(!hasNetworks)('ends on both sides of a network that is cut', async () => {
      const { launcher } = test;
      const network = await startNetwork();
      onTestFinished(async () => void (await network.remove()));
      const far = startListener(test.rig.root, { node: 'far', ...network });
      listeners = { ...listeners, far };
      await launcher.submit(job('echo ready; sleep 60', { nodes: 3 }));
      await expect.poll(() => outputOf('stdout')).toBe('ready\n'.repeat(3));
      await network.cut();
      expect(await exited()).toMatchObject({ failure: { signal: 'SIGKILL', stderr: expect.stringContaining('far was lost: it said nothing for 3 s') } });
      await expect.poll(survivors).toEqual([]);
    });

    it.skipIf(!canDivide)('is found, followed and cancelled from another machine', async () => {
      const { launcher } = test;
      const request = job(`trap 'echo saved; exit 0' TERM; echo ready; while :; do sleep 0.05; done`, { nodes: 2 });
      const settings = JSON.stringify({ rig: test.rig, request });
      const other = onHost('other', ['sh', '-c', '"$@"; sleep 600', 'sh', process.execPath, submitJob, settings]);
      onTestFinished(() => void other.kill('SIGKILL'));
      await expect.poll(() => outputOf('stdout')).toBe('ready\nready\n');
      expect(await launcher.poll(ref)).toEqual({ state: 'running', elsewhere: 'other' });
      expect(await launcher.submit(job('exit 9'))).toMatchObject({ state: 'running' });
      await launcher.cancel(ref, { graceMs: 10_000 });
      expect(await outputOf('stdout')).toBe('ready\nsaved\nready\nsaved\n');
      expect(await launcher.poll(ref)).toEqual({ state: 'exited', failure: null });
      expect(await survivors()).toEqual([]);
    });

    it('is refused by its nodes once another attempt has the lease', async () => {
      const { launcher, place } = test;
      await launcher.submit(job('sleep 60', { nodes: 2 }));
      await twoRun();
      const next = { ...ref, attempt: '2' };
      await launcher.submit(job(`echo $CODEPMP_NODE >> ${place}/second`, { ...next, nodes: 2 }));
      expect(await exited()).toMatchObject({ failure: { signal: 'SIGKILL', cancelled: false } });
      expect(await survivors()).toEqual([]);
      expect(await exited(next)).toEqual({ state: 'exited', failure: null });
      expect((await readFile(join(place, 'second'), 'utf8')).split('\n').toSorted()).toEqual(['', 'n1', 'n2']);
    });
  });
});
