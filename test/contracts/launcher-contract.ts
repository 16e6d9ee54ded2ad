import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { carries, findProcesses, type Marker } from '../../adapters/launchers/processes.ts';
import type { JobRef, JobRequest, JobState, Launcher } from '../../ports/launcher.ts';
import { openLauncher, type LauncherRig } from '../adapters/launchers/rig.ts';

/** A launcher in a test, with a job to submit to it. */
export interface LauncherTest {
  launcher: Launcher;
  ref: JobRef;
  /** A folder of the test. */
  place: string;
  rig: LauncherRig;
  job(script: string, change?: Partial<JobRequest>): JobRequest;
  /** What programs of the attempt have written, on all nodes. */
  outputOf(stream: 'stdout' | 'stderr'): Promise<string>;
  /** The state of an attempt once it has ended. */
  exited(attempt?: JobRef): Promise<JobState>;
  /** Processes of the attempt that the launched program is or has started. */
  survivors(): Promise<number[]>;
}

type RigOf = (root: string) => LauncherRig;

/** Opens a launcher for each test of a suite; `markerOf` is what the programs of the attempt with a folder are found by. */
export function testLaunchers(rigOf: RigOf, markerOf: (folder: string) => Marker): LauncherTest {
  const test = {
    ref: { job: 'store/key', attempt: '1' },
    job: (script, change = {}) => ({ ...test.ref, argv: ['/bin/sh', '-c', script], env: {}, cwd: test.place, ...change }),
    async outputOf(stream) {
      const folder = await test.launcher.folder(test.ref);
      const names = (await readdir(folder)).filter((each) => each.endsWith(`${stream}.log`)).toSorted();
      return (await Promise.all(names.map((each) => readFile(join(folder, each), 'utf8')))).join('');
    },
    async exited(attempt = test.ref) {
      await expect.poll(() => test.launcher.poll(attempt)).toMatchObject({ state: 'exited' });
      return test.launcher.poll(attempt);
    },
    survivors: async () => findProcesses(carries(markerOf(await test.launcher.folder(test.ref))), { descendants: true }),
  } as LauncherTest;
  beforeEach(async () => {
    test.place = await mkdtemp(join(tmpdir(), 'codepmp-jobs-'));
    test.rig = rigOf(join(test.place, 'store'));
    test.launcher = await openLauncher(test.rig);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await test.launcher.cancel(test.ref, { graceMs: 0 });
    await rm(test.place, { recursive: true, force: true, maxRetries: 9 });
  });
  return test;
}

/** What every launcher does. */
export function describeLauncher(
  name: string,
  { rigOf, markerOf, more }: { rigOf: RigOf; markerOf: (folder: string) => Marker; more?: (test: LauncherTest) => void },
): void {
  describe(name, () => {
    const test = testLaunchers(rigOf, markerOf);
    const { ref, job, outputOf, exited, survivors } = test;
    const submitElsewhere = (request: JobRequest, mode = 'leave') => {
      const settings = JSON.stringify({ rig: test.rig, request });
      const program = join(import.meta.dirname, '../adapters/launchers/fixtures/submit-job.ts');
      const child = spawn(process.execPath, [program, settings, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
      const state = once(child.stdout, 'data').then(([line]: unknown[]) => JSON.parse(String(line)) as JobState);
      return { process: child, state };
    };

    it('runs a job in the given folder and leaves its output and its exit status', async () => {
      const { launcher, place } = test;
      expect(await launcher.poll(ref)).toEqual({ state: 'absent' });
      expect(await launcher.ran(ref)).toBeNull();
      await launcher.submit(job('pwd; echo "$GREETING" >&2; exit 0', { env: { GREETING: 'hello' } }));
      expect(await exited()).toEqual({ state: 'exited', failure: null });
      expect(await outputOf('stdout')).toBe(`${place}\n`);
      expect(await outputOf('stderr')).toBe('hello\n');
    });

    it.each([
      ['echo boom >&2; exit 3', { exit: 3, signal: null, cancelled: false, stderr: expect.stringContaining('boom') }],
      ['kill -9 $$', { exit: null, signal: 'SIGKILL', cancelled: false, preempted: false }],
      ['kill -TERM $$', { exit: null, signal: 'SIGTERM', cancelled: false, preempted: true }],
      ['exec /no/such/program', { exit: 127, signal: null, cancelled: false }],
    ])('says how a job failed: %s', async (script, failure) => {
      await test.launcher.submit(job(script));
      expect(await exited()).toMatchObject({ failure });
    });

    it('gives a job no variables that change how programs load code, and no secrets', async () => {
      for (const variable of ['LD_TEST', 'PYTHONPATH', 'NODE_OPTIONS', 'OPENAI_API_KEY']) vi.stubEnv(variable, '--no-warnings');
      await test.launcher.submit({ ...job(''), argv: ['/usr/bin/env'] });
      await exited();
      const names = (await outputOf('stdout')).split('\n').map((line) => line.split('=')[0] ?? '');
      expect(names).toContain('PATH');
      expect(names.filter((each) => /^(LD_|PYTHON|NODE_OPTIONS|OPENAI)/.test(each))).toEqual([]);
    });

    it('starts a job once, however many submit it at the same time', async () => {
      const { launcher, place } = test;
      const request = job(`echo started >> ${place}/starts; sleep 30`);
      const submitters = Array.from({ length: 2 }, () => submitElsewhere(request));
      const states = await Promise.all([
        ...Array.from({ length: 3 }, () => launcher.submit(request)),
        ...submitters.map(({ state }) => state),
      ]);
      for (const { state } of states) expect(state).toMatch(/^(running|queued)$/);
      await expect.poll(() => existsSync(join(place, 'starts'))).toBe(true);
      expect(await launcher.submit(request)).toMatchObject({ state: 'running' });
      await launcher.cancel(ref, { graceMs: 1_000 });
      expect(await launcher.submit(request)).toMatchObject({ state: 'exited', failure: { cancelled: true } });
      expect(await readFile(join(place, 'starts'), 'utf8')).toBe('started\n');
    });

    it('has jobs that outlive the process that submitted them and are found by the next one', async () => {
      const { launcher, place } = test;
      const { process: submitter, state } = submitElsewhere(job(`while [ ! -e ${place}/go ]; do sleep 0.05; done; exit 7`), 'stay');
      await state;
      await expect.poll(survivors).not.toEqual([]);
      submitter.kill('SIGKILL');
      await once(submitter, 'exit');
      expect(await launcher.poll(ref)).toEqual({ state: 'running' });
      await writeFile(join(place, 'go'), '');
      expect(await exited()).toMatchObject({ failure: { exit: 7 } });
    });

    it('says when a job ran, however long ago that was', async () => {
      const { launcher, place } = test;
      const before = Date.now();
      await launcher.submit(job(`while [ ! -e ${place}/go ]; do sleep 0.05; done`));
      await expect.poll(survivors).not.toEqual([]);
      const [from, to] = (await launcher.ran(ref)) ?? [0, 0];
      expect([from >= before - 1000, from <= to, to <= Date.now()]).toEqual([true, true, true]);
      await writeFile(join(place, 'go'), '');
      await exited();
      const end = (await stat(join(await launcher.folder(ref), 'exit'))).mtimeMs;
      expect(await launcher.ran(ref)).toEqual([from, end]);
      await delay(300);
      expect(await launcher.ran(ref)).toEqual([from, end]);
    });

    it('lets a cancelled program end in good order', async () => {
      await test.launcher.submit(job(`trap 'echo saved; exit 0' TERM; echo ready; while :; do sleep 0.05; done`));
      await expect.poll(() => outputOf('stdout')).toBe('ready\n');
      await test.launcher.cancel(ref, { graceMs: 10_000 });
      expect(await outputOf('stdout')).toBe('ready\nsaved\n');
      expect(await test.launcher.poll(ref)).toEqual({ state: 'exited', failure: null });
    });

    it('kills what ignores a cancellation, with grandchildren in sessions of their own', async () => {
      const stubborn = `trap '' TERM; while :; do sleep 1; done`;
      const sessions = `setsid sh -c "${stubborn}" & env -i setsid sleep 60 & setsid setsid sh -c "${stubborn}" &`;
      await test.launcher.submit(job(`${sessions} ${stubborn}`));
      await expect.poll(async () => (await survivors()).length).toBeGreaterThanOrEqual(5);
      await test.launcher.cancel(ref, { graceMs: 100 });
      expect(await survivors()).toEqual([]);
      expect(await test.launcher.poll(ref)).toMatchObject({ state: 'exited', failure: { signal: 'SIGKILL', cancelled: true } });
    });

    it('leaves nothing of a program that has ended', async () => {
      await test.launcher.submit(job('setsid sleep 60 & exit 0'));
      expect(await exited()).toEqual({ state: 'exited', failure: null });
      await test.launcher.cancel(ref, { graceMs: 1_000 });
      expect(await survivors()).toEqual([]);
    });

    it('never starts a job that was cancelled before', async () => {
      const { launcher, place } = test;
      await launcher.cancel(ref, { graceMs: 0 });
      expect(await launcher.ran(ref)).toBeNull();
      expect(await launcher.submit(job(`touch ${place}/started`))).toMatchObject({ state: 'exited', failure: { cancelled: true } });
      expect(existsSync(join(place, 'started'))).toBe(false);
    });

    more?.(test);
  });
}
