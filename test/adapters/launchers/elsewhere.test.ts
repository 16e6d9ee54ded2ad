import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ageOf } from '../../../adapters/launchers/lease.ts';
import { carries, findProcesses } from '../../../adapters/launchers/processes.ts';
import type { Launcher } from '../../../ports/launcher.ts';
import { canDivide, onHost } from '../../hosts.ts';
import { openLauncher } from './rig.ts';

const program = join(import.meta.dirname, 'fixtures', 'submit-job.ts');
const ref = { job: 'store/key', attempt: '1' };

let place: string;
let launcher: Launcher;
let folder: string;
let other: ReturnType<typeof onHost>;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'codepmp-elsewhere-'));
  launcher = await openLauncher({ root: join(place, 'store') });
  folder = await launcher.folder(ref);
});
afterEach(async () => {
  other.kill('SIGKILL');
  await other;
  await rm(place, { recursive: true, force: true });
});

/** Has another machine run a script as a job, whose worker ends; the machine stays. */
async function submitThere(script: string): Promise<void> {
  const request = { ...ref, argv: ['/bin/sh', '-c', script], env: {}, cwd: place };
  const settings = JSON.stringify({ rig: { root: join(place, 'store') }, request });
  other = onHost('other', ['sh', '-c', '"$@"; sleep 600', 'sh', process.execPath, program, settings]);
  expect(JSON.parse(String((await once(other.stdout, 'data'))[0]))).toEqual({ state: 'running' });
}

/** Makes an attempt look as if it had given no sign of life for a minute. */
async function silence(): Promise<void> {
  const before = new Date(Date.now() - 60_000);
  for (const name of ['pid', 'beat']) await utimes(join(folder, name), before, before);
}

const survivors = () => findProcesses(carries({ CODEPMP_JOB_FOLDER: folder }), { descendants: true });

describe.skipIf(!canDivide)('a job that another machine runs', () => {
  it('is running as long as that machine lives, and leaves its exit status', async () => {
    await submitThere(`while [ ! -e ${place}/go ]; do sleep 0.05; done; exit 7`);
    expect(await launcher.poll(ref)).toEqual({ state: 'running', elsewhere: 'other' });
    expect(await launcher.submit({ ...ref, argv: ['/bin/touch', join(place, 'again')], env: {}, cwd: place })).toMatchObject({ state: 'running' });
    await writeFile(join(place, 'go'), '');
    await expect.poll(() => launcher.poll(ref)).toMatchObject({ state: 'exited', failure: { exit: 7, signal: null } });
    expect(existsSync(join(place, 'again'))).toBe(false);
  });

  it('gives a sign of life again and again', async () => {
    await submitThere('sleep 600');
    await silence();
    await expect.poll(() => ageOf(join(folder, 'beat'))).toBeLessThan(10_000);
    expect(await launcher.poll(ref)).toEqual({ state: 'running', elsewhere: 'other' });
  });

  it('counts as killed when that machine is lost, and does so for ever', async () => {
    await submitThere('sleep 600');
    other.kill('SIGKILL');
    await other;
    expect(await launcher.poll(ref)).toEqual({ state: 'running', elsewhere: 'other' });
    await silence();
    const lost = { state: 'exited', failure: { exit: null, signal: 'SIGKILL', cancelled: false } };
    expect(await launcher.poll(ref)).toMatchObject(lost);
    await writeFile(join(folder, 'beat'), '');
    expect(await launcher.poll(ref)).toMatchObject(lost);
  });

  it('is ended by that machine when it comes back after it was given up', async () => {
    await submitThere(`trap '' TERM; setsid sleep 600 & while :; do sleep 1; done`);
    await silence();
    expect(await launcher.poll(ref)).toMatchObject({ state: 'exited' });
    await expect.poll(survivors).toEqual([]);
    expect(await launcher.poll(ref)).toMatchObject({ state: 'exited', failure: { signal: 'SIGKILL' } });
  });

  it('ends in good order when it is cancelled from here', async () => {
    await submitThere(`trap 'echo saved; exit 0' TERM; setsid sleep 600 & while :; do sleep 0.05; done`);
    await launcher.cancel(ref, { graceMs: 10_000 });
    expect(await launcher.poll(ref)).toEqual({ state: 'exited', failure: null });
    expect(await readFile(join(folder, 'stdout.log'), 'utf8')).toBe('saved\n');
    await expect.poll(survivors).toEqual([]);
  });
});
