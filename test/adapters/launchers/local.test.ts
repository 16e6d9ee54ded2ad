import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { describeLauncher, type LauncherTest } from '../../contracts/launcher-contract.ts';
import { openLauncher } from './rig.ts';

const markerOf = (folder: string) => ({ CODEPMP_JOB: 'store/key/1', CODEPMP_JOB_FOLDER: folder });

describeLauncher('the launcher of this machine', { rigOf: (root) => ({ root }), markerOf, more });

function more(test: LauncherTest): void {
  const { ref, job, outputOf, exited, survivors } = test;

  it('finds a job over, for unknown reason, when all its processes vanished', async () => {
    const { launcher } = test;
    await launcher.submit(job('echo begun; sleep 30'));
    const killed = async () => (await survivors()).map((pid) => process.kill(pid, 'SIGKILL'));
    await expect.poll(killed).toEqual([]);
    expect(await exited()).toMatchObject({ failure: { exit: null, signal: null, cancelled: false } });
    const [from, to] = (await launcher.ran(ref)) ?? [0, 0];
    expect(to - from).toBeLessThan(5000);
    await delay(50);
    expect(await launcher.ran(ref)).toEqual([from, to]);
  });

  it('waits for the exit status of a cancelled program that ended, however late it is noted', async () => {
    const { launcher } = test;
    await launcher.submit(job(`trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done`));
    await expect.poll(() => outputOf('stdout')).toBe('ready\n');
    const wrapper = Number.parseInt(await readFile(join(await launcher.folder(ref), 'pid'), 'utf8'), 10);
    process.kill(wrapper, 'SIGSTOP');
    setTimeout(() => process.kill(wrapper, 'SIGCONT'), 1_000);
    await launcher.cancel(ref, { graceMs: 10_000 });
    expect(await launcher.poll(ref)).toEqual({ state: 'exited', failure: null });
  });

  it('removes what a program left behind after its end', async () => {
    await test.launcher.submit(job('setsid sleep 60 & exit 0'));
    await exited();
    await expect.poll(async () => (await survivors()).length).toBe(1);
    await test.launcher.cancel(ref, { graceMs: 1_000 });
    expect(await survivors()).toEqual([]);
  });

  it('leaves an equal job of another store alone', async () => {
    const { launcher, place } = test;
    const twin = await openLauncher({ root: join(place, 'other') });
    await Promise.all([launcher.submit(job('sleep 30')), twin.submit(job('sleep 30'))]);
    await launcher.cancel(ref, { graceMs: 1_000 });
    expect(await twin.poll(ref)).toMatchObject({ state: 'running' });
    await twin.cancel(ref, { graceMs: 1_000 });
  });
}
