import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startOf } from '../../../adapters/launchers/processes.ts';
import { readState, runningState, runsElsewhere, servicesOf, stopServices, type DevState } from '../../../cli/supervisor/index.ts';
import { processesOf } from '../../e2e/rig.ts';
import { canDivide, onHost } from '../../hosts.ts';
import { fixtures, servicesRig, until, type ServicesRig } from './services-rig.ts';

/** Has another machine start the embedded services of a store, for as long as it lives. */
async function startOn(name: string, { store, home, folder }: ServicesRig) {
  const options = JSON.stringify({ store, home, wanted: { folder, config: null, variables: [] }, takes: false });
  const other = onHost(name, ['sh', '-c', '"$@"; sleep 600', 'sh', process.execPath, join(fixtures, 'join.ts'), options]);
  const lose = async () => {
    other.kill('SIGKILL');
    await other;
  };
  onTestFinished(lose);
  return { state: JSON.parse(String((await once(other.stdout, 'data'))[0])) as DevState, lose };
}

/** Makes the services look as if they had given no sign of life for a minute. */
async function silence({ store }: ServicesRig): Promise<void> {
  const before = new Date(Date.now() - 60_000);
  const names = await readdir(join(store, 'dev'));
  for (const name of names.filter((each) => each.startsWith('lock-'))) await utimes(join(store, 'dev', name), before, before);
}

/** Supervisors of a store, on whatever machine, by their ids on this one. */
function supervisorsOf({ store }: ServicesRig): number[] {
  const script = join('cli', 'supervisor', 'main.ts');
  return processesOf(store).filter(({ command }) => command.includes(script)).map(({ pid }) => pid);
}

describe.skipIf(!canDivide)('embedded services that another machine runs', () => {
  it('are not used, stopped or replaced from here as long as that machine lives, and are once it is lost', async () => {
    await using rig = await servicesRig();
    const { state, lose } = await startOn('other', rig);
    const text = `the embedded Temporal server of the store ${rig.store} runs on other (process ${state.pid}), and only that machine reaches it`;
    expect(runningState(rig.store)).toBeNull();
    expect(runsElsewhere(rig.store)).toContain(text);
    await expect(rig.join()).rejects.toThrow(text);
    await expect(stopServices(rig.store)).rejects.toThrow(text);
    expect(readState(rig.store)).toMatchObject({ pid: state.pid, state: 'ready' });
    expect(await rig.starts()).toHaveLength(1);

    await lose();
    await silence(rig);
    expect(runsElsewhere(rig.store)).toBeNull();
    await rig.join();
    expect(await rig.starts()).toHaveLength(2);
    expect(runningState(rig.store)).toMatchObject({ state: 'ready' });
  });

  it('end there when a third machine has waited in vain for a sign of life and has taken the store over', async () => {
    await using rig = await servicesRig();
    await startOn('other', rig);
    const [supervisor = Number.NaN] = supervisorsOf(rig);
    const services = [supervisor, ...servicesOf(rig.store)];
    process.kill(supervisor, 'SIGSTOP');
    await until('it stands still', () => readFileSync(`/proc/${supervisor}/stat`, 'utf8').includes(') T '));
    await silence(rig);
    const third = await startOn('third', rig);
    expect(services.map(startOf)).toEqual([expect.any(String), expect.any(String), expect.any(String)]);
    process.kill(supervisor, 'SIGCONT');
    await until('the services of the other have ended', () => services.every((pid) => startOf(pid) === null));
    expect(runsElsewhere(rig.store)).toContain(`runs on third (process ${third.state.pid})`);
    expect(readState(rig.store)).toMatchObject({ address: third.state.address, state: 'ready' });
    await third.lose();
    await silence(rig);
  });
});
