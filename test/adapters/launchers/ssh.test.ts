import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { carries, findProcesses, sendSignal } from '../../../adapters/launchers/processes.ts';
import type { JobRef } from '../../../ports/launcher.ts';
import { describeNodes, markerOf } from '../../contracts/gang-contract.ts';
import { testLaunchers } from '../../contracts/launcher-contract.ts';
import { openLauncher } from './rig.ts';
import { hasSshd, startSshNodes, type SshNodes } from './sshd.ts';

describe.skipIf(!hasSshd)('over ssh', () => {
  let folder: string;
  let nodes: SshNodes;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'codepmp-sshd-'));
    nodes = await startSshNodes(folder);
    return async () => {
      await nodes.stop();
      await rm(folder, { recursive: true, force: true });
    };
  });
  const rigOf = (hosts: string[]) => (root: string) => ({ root, ssh: { config: nodes.config, hosts, fenceMs: 2_000 } });

  describeNodes({ rigOf: rigOf(['n1', 'n2']), alone: rigOf(['n1']) });

  describe('a launcher of two nodes', () => {
    const test = testLaunchers(rigOf(['n1', 'n2']), markerOf);
    const { ref, job, exited, survivors } = test;
    // What a job leaves behind on a node, such as an agent that is not needed, may end a little later, and has the node until then.
    const onNodes = () => findProcesses(carries({ TMPDIR: folder }), { descendants: false });
    beforeEach(() => vi.waitUntil(() => onNodes().length === 0, { timeout: 120_000 }));

    it('ends both when the connection to one is gone, which counts as a kill', async () => {
      await test.launcher.submit(job('sleep 60', { nodes: 2 }));
      await expect.poll(async () => (await survivors()).length).toBeGreaterThanOrEqual(4);
      const folder = await test.launcher.folder(ref);
      const clients = findProcesses(carries({ CODEPMP_JOB_FOLDER: folder }), { descendants: true });
      const toSecond = clients.find((pid) => /^ssh\0.* n2$/s.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0$/, '')));
      sendSignal(toSecond ?? Number.NaN, 'SIGKILL');
      expect(await exited()).toMatchObject({ failure: { signal: 'SIGKILL', cancelled: false } });
      await expect.poll(survivors).toEqual([]);
    });

    it('is cut off by its nodes when they hear nothing of it', async () => {
      const { launcher } = test;
      await launcher.submit(job('sleep 60', { nodes: 2 }));
      await expect.poll(async () => (await survivors()).length).toBeGreaterThanOrEqual(4);
      const gang = Number(await readFile(join(await launcher.folder(ref), 'child'), 'utf8'));
      process.kill(gang, 'SIGSTOP');
      await expect.poll(survivors).toEqual([]);
      process.kill(gang, 'SIGCONT');
      expect(await exited()).toMatchObject({ failure: { signal: 'SIGKILL', cancelled: false } });
    });

    it('starts a job on a host when the one that runs there has ended, and says so until then', async () => {
      const { launcher, place } = test;
      const first = { ...ref, attempt: '2' };
      const wait = `while [ ! -e ${place}/go ]; do sleep 0.05; done`;
      await launcher.submit(job(`${wait}; [ $PET_NODE_RANK = 1 ] || echo first >> ${place}/order`, { ...first, nodes: 2 }));
      await expect.poll(() => outputsOf(first)).toContain('n2.stdout.log');
      await launcher.submit(job(`echo second >> ${place}/order`, { nodes: 1 }));
      const reason = expect.stringMatching(/^n1 has process \d+ of another job, n2 has process \d+ of another job$/);
      await expect.poll(() => launcher.poll(ref)).toEqual({ state: 'queued', reason });
      expect(await launcher.ran(ref)).toBeNull();
      await writeFile(join(place, 'go'), '');
      expect(await exited()).toEqual({ state: 'exited', failure: null });
      expect(await readFile(join(place, 'order'), 'utf8')).toBe('first\nsecond\n');
    });

    it('runs a job of one node on the first host that answers and is free', async () => {
      const { place } = test;
      const launcher = await openLauncher({ ...test.rig, ssh: { config: nodes.config, hosts: ['n2', 'n1', 'gone'] } });
      const first = { ...ref, attempt: '2' };
      await launcher.submit(job(`while [ ! -e ${place}/go ]; do sleep 0.05; done`, first));
      await expect.poll(() => outputsOf(first)).toContain('n1.stdout.log');
      await launcher.submit(job('exit 0'));
      expect(await exited()).toEqual({ state: 'exited', failure: null });
      expect(await outputsOf(ref)).toContain('n2.stdout.log');
      await writeFile(join(place, 'go'), '');
      expect(await exited(first)).toEqual({ state: 'exited', failure: null });
    });

    it('runs a job of one node where it has not failed yet', async () => {
      const { launcher } = test;
      await launcher.submit(job('exit 9'));
      expect(await exited()).toMatchObject({ failure: { exit: 9, stderr: 'n1 ended first, with exit code 9' } });
      const next = { ...ref, attempt: '2' };
      await launcher.submit(job('exit 0', next));
      expect(await exited(next)).toEqual({ state: 'exited', failure: null });
      expect(await outputsOf(next)).toContain('n2.stdout.log');
    });

    const outputsOf = async (attempt: JobRef): Promise<string[]> => readdir(await test.launcher.folder(attempt));
  });
});
