import { execa } from 'execa';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { setupRig } from './rig.ts';
import type { SetupRig } from './rig.ts';

const everyStep = ['npm ci', 'uv venv', 'uv pip'];

describe('the entry', () => {
  it('sets up at the first start, after saying what it fetches and under which licence the model is', async () => {
    await using rig = await setupRig();
    const { stdout, stderr } = await rig.start({ args: ['plan', 'a b.yaml'] });
    expect(stdout).toBe('started plan a b.yaml');
    const [announcement = ''] = stderr.split('npm packages ...');
    expect(announcement).toMatch(/3\.5 GB to download and 7\.4 GB of disk/);
    expect(announcement).toContain('SmolLM2-135M-Instruct (licence Apache-2.0)');
    expect(stderr).toContain('Set-up is complete; the next start needs no network.');
    expect(await rig.calls()).toEqual(everyStep);
  });

  it('repeats nothing at the second start, without npm, uv or Python in reach', async () => {
    await using rig = await setupRig();
    await rig.start();
    const { stdout, stderr } = await rig.start({ args: ['list'], env: { PATH: '/usr/bin:/bin', PYTHON: '/nowhere' } });
    expect({ stdout, stderr }).toEqual({ stdout: 'started list', stderr: '' });
    expect(await rig.calls()).toEqual(everyStep);
  });

  it('does a step again whose lock file has changed, and no other', async () => {
    await using rig = await setupRig();
    await rig.start();
    await writeFile(join(rig.home, 'package-lock.json'), '{}\n');
    await rig.start();
    expect(await rig.calls()).toEqual([...everyStep, 'npm ci']);
  });

  it('goes on with the step that was killed', async () => {
    await using rig = await setupRig();
    await rig.behave('uv', 'hang');
    const first = rig.start();
    await untilCalled(rig, 'uv venv');
    process.kill(-(first.pid ?? 0), 'SIGKILL');
    expect((await first).signal).toBe('SIGKILL');
    await rig.behave('uv', 'well');
    const { stdout } = await rig.start();
    expect(stdout).toBe('started');
    expect(await rig.calls()).toEqual(['npm ci', 'uv venv', 'uv venv', 'uv pip']);
  });

  it('installs the packages again where their folder was emptied', async () => {
    await using rig = await setupRig();
    await rig.start();
    await rm(join(rig.home, 'node_modules', '.package-lock.json'));
    expect((await rig.start()).stdout).toBe('started');
    expect(await rig.calls()).toEqual([...everyStep, 'npm ci']);
  });

  it('sets up once when it is started twice at once', async () => {
    await using rig = await setupRig();
    const both = await Promise.all([rig.start(), rig.start()]);
    expect(both.map(({ stdout }) => stdout)).toEqual(['started', 'started']);
    expect(await rig.calls()).toEqual(everyStep);
  });

  it('names the step, the log and the next action when a step fails', async () => {
    await using rig = await setupRig();
    await rig.behave('npm', 'fail');
    const { exitCode, stdout, stderr } = await rig.start();
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('npm: the network is down');
    expect(stderr).toContain('The step "npm packages" of the set-up failed.');
    expect(stderr).toContain(join(rig.home, '.setup', 'setup.log'));
    expect(stderr).toContain('start the same command again: it goes on with this step');
    await rig.behave('npm', 'well');
    expect((await rig.start()).stdout).toBe('started');
  });

  it('is found through a link', async () => {
    await using rig = await setupRig();
    await rig.start();
    const link = join(rig.home, 'cli', 'link');
    await execa('ln', ['-s', '../codepmp', link]);
    expect((await execa(link, ['x'])).stdout).toBe('started x');
  });

  it('removes what it fetched', async () => {
    await using rig = await setupRig();
    await rig.start();
    const { stderr } = await rig.start({ args: ['uninstall'] });
    expect(stderr).toContain('Results in .codepmp folders');
    const { stdout } = await execa('ls', ['-A', rig.home]);
    expect(stdout.split('\n')).not.toContain('.setup');
    expect(stdout.split('\n')).not.toContain('node_modules');
  });

  it('removes nothing while a program of it runs, and names the process', async () => {
    await using rig = await setupRig();
    await rig.start();
    await writeFile(join(rig.home, 'cli', 'main.ts'), 'setTimeout(() => {}, 600_000);\n');
    const running = rig.start();
    const entry = running.pid ?? 0;
    await expect.poll(() => readFile(`/proc/${entry}/cmdline`, 'utf8')).toContain(join(rig.home, 'cli', 'main.ts'));
    const { exitCode, stderr } = await rig.start({ args: ['uninstall'] });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`process ${entry}. Nothing was removed.`)]);
    running.kill('SIGKILL');
    await running;
    expect((await rig.start({ args: ['uninstall'] })).exitCode).toBe(0);
  });

  it('is removed while an editor or a pager has one of its files open', async () => {
    await using rig = await setupRig();
    await rig.start();
    const pager = execa('tail', ['-f', join(rig.home, 'cli', 'main.ts')], { reject: false });
    expect((await rig.start({ args: ['uninstall'] })).exitCode).toBe(0);
    pager.kill();
    await pager;
  });

  it('repeats nothing in another time zone, or where the modes of files have changed', async () => {
    await using rig = await setupRig();
    await rig.start({ env: { TZ: 'Asia/Tokyo' } });
    await execa('chmod', ['-R', 'go-rwx', rig.home]);
    expect((await rig.start({ env: { TZ: 'America/New_York' } })).stderr).toBe('');
    expect(await rig.calls()).toEqual(everyStep);
  });

  it('is found from a folder that CDPATH would lead elsewhere', async () => {
    await using rig = await setupRig();
    const { stdout } = await execa('home with spaces/codepmp', ['x'], { cwd: dirname(rig.home), env: { ...rig.env, CDPATH: '/tmp' } });
    expect(stdout).toBe('started x');
  });

  it('counts npm packages as there only with those that are made for this machine', async () => {
    await using rig = await setupRig();
    const here = { os: [process.platform], cpu: [process.arch], optional: true };
    const packages = { 'node_modules/tool': {}, 'node_modules/tool-here': here, 'node_modules/tool-elsewhere': { ...here, os: ['!' + process.platform] } };
    await writeFile(join(rig.home, 'package-lock.json'), JSON.stringify({ packages }));
    const { exitCode, stderr } = await rig.start();
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('npm did not install tool-here, which this machine needs')]);
    await mkdir(join(rig.home, 'node_modules', 'tool-here'), { recursive: true });
    await writeFile(join(rig.home, 'node_modules', 'tool-here', 'package.json'), '{}');
    expect((await rig.start()).stdout).toBe('started');
  });
});

describe('a checkout that belongs to somebody else', () => {
  /** Another user than the owner; one who is not root can only be kept out of the own folder. */
  const stranger = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

  it.each([
    ['not set up at all', false],
    ['half set up', true],
  ])('and is %s answers with a sentence', async (_, isHalf) => {
    await using rig = await setupRig();
    if (isHalf) await mkdir(join(rig.home, '.setup'));
    if (isHalf) await chmod(join(rig.home, '.setup'), 0o555);
    await closed(rig);
    const { exitCode, stdout, stderr } = await rig.start({ as: stranger });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^codepmp: .* is not set up, and \S+ may not write to it\. Have its owner \(\S+\) start \.\/codepmp there once, or use a copy of your own\.$/,
    );
    await chmod(rig.home, 0o755);
  });

  it('and is set up is used as it is, and not removed', async () => {
    await using rig = await setupRig();
    await rig.start();
    await closed(rig);
    expect((await rig.start({ args: ['list'], as: stranger })).stdout).toBe('started list');
    const { exitCode, stderr } = await rig.start({ args: ['uninstall'], as: stranger });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^codepmp: \S+ may not remove anything from .*; its owner \(\S+\) may$/);
    await chmod(rig.home, 0o755);
  });

  it('and whose lock is not ours says so', async () => {
    await using rig = await setupRig();
    await mkdir(join(rig.home, '.setup', 'lock'), { recursive: true });
    const { exitCode, stderr } = await rig.start();
    expect(exitCode).toBe(1);
    expect(stderr).toBe(`codepmp: ${join(rig.home, '.setup', 'lock')} cannot be opened (Is a directory). Its owner can remove it`);
  });

  async function closed({ home }: SetupRig): Promise<void> {
    await chmod(join(home, '..'), 0o755);
    await chmod(home, 0o555);
  }
});

describe('a Python that does not fit', () => {
  it('is refused with all that were looked at', async () => {
    await using rig = await setupRig();
    const old = join(rig.home, 'old');
    await mkdir(old);
    const python = join(old, 'python3.9');
    await writeFile(python, '#!/bin/sh\necho "3.9 0 /opt/python3.9"\n');
    await chmod(python, 0o755);
    const { exitCode, stderr } = await rig.start({ env: { PYTHON: python } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('codepmp needs Python 3.10, 3.11, 3.12 or 3.13. Looked at:');
    expect(stderr).toContain(`${python}: version 3.9 (/opt/python3.9)`);
    expect(stderr).toContain('PYTHON=/path/to/python3.12 ./codepmp');
    expect(await rig.calls()).toEqual([]);
  });
});

async function untilCalled(rig: SetupRig, call: string): Promise<void> {
  for (let looks = 0; looks < 200; looks++, await delay(50)) if ((await rig.calls()).includes(call)) return;
  throw new Error(`${call} was never called`);
}
