import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findProcesses } from '../../adapters/launchers/processes.ts';
import { agentProgram } from '../../adapters/launchers/gang/files.ts';
import type { LauncherRig } from '../adapters/launchers/rig.ts';
import { describeLauncher, testLaunchers } from './launcher-contract.ts';
import { describeReplicas } from './replicas-contract.ts';

type RigOf = (root: string) => LauncherRig;

/** What programs of an attempt are found by on its nodes. */
export const markerOf = (folder: string) => ({ CODEPMP_RANK: 'store/key/1', CODEPMP_RANK_FOLDER: folder });

/** All that a launcher does whose jobs run on nodes, n1 and n2. `alone`: where there is only n1, if that takes another rig. */
export function describeNodes({ rigOf, alone = rigOf }: { rigOf: RigOf; alone?: RigOf }): void {
  describeLauncher('a launcher of one node', { rigOf: alone, markerOf });
  describeGang(rigOf);
  describeReplicas('a pool of two nodes', { rigOf });
}

function describeGang(rigOf: RigOf): void {
  describe('a launcher of two nodes', () => {
    const test = testLaunchers(rigOf, markerOf);
    const { ref, job, outputOf, exited, survivors } = test;

    it('starts a job on both and tells them where to meet', async () => {
      await test.launcher.submit(job('echo $CODEPMP_NODE $PET_NODE_RANK $PET_MASTER_ADDR $PET_MASTER_PORT $GLOO_SOCKET_IFNAME', { nodes: 2 }));
      expect(await exited()).toEqual({ state: 'exited', failure: null });
      const [first, second] = (await outputOf('stdout')).split('\n').map((line) => line.split(' '));
      expect(first).toEqual(['n1', '0', '127.0.0.2', expect.stringMatching(/^\d+$/), 'lo']);
      expect(second).toEqual(['n2', '1', ...(first?.slice(2) ?? [])]);
    });

    it('waits for the one that takes longer', async () => {
      await test.launcher.submit(job('[ $PET_NODE_RANK = 1 ] || sleep 1.5; echo done', { nodes: 2 }));
      expect(await exited()).toEqual({ state: 'exited', failure: null });
      expect(await outputOf('stdout')).toBe('done\ndone\n');
    });

    it('ends both when one fails, with its exit status and its last lines', async () => {
      await test.launcher.submit(job(`[ $PET_NODE_RANK = 1 ] || exec sleep 60; echo no memory >&2; exit 7`, { nodes: 2 }));
      expect(await exited()).toMatchObject({ failure: { exit: 7, stderr: 'n2 ended first, with exit code 7:\nno memory' } });
      expect(await survivors()).toEqual([]);
    });

    it('ends both, with nothing left, when the agent of one is killed', async () => {
      await test.launcher.submit(job('echo ready; sleep 60', { nodes: 2 }));
      await expect.poll(() => outputOf('stdout')).toBe('ready\nready\n');
      const folder = await test.launcher.folder(ref);
      const isAgent = (pid: number) => commandLineOf(pid).startsWith(`${process.execPath}\0${agentProgram}\0${folder}/`);
      const agents = findProcesses(() => true, { descendants: false }).filter(isAgent);
      expect(agents).toHaveLength(2);
      process.kill(agents[1] ?? Number.NaN, 'SIGKILL');
      expect(await exited()).toMatchObject({ failure: { signal: 'SIGKILL', cancelled: false } });
      await expect.poll(survivors).toEqual([]);
    });
  });
}

/** The words of a process, each with a zero byte behind it; empty if it has ended meanwhile. */
function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
