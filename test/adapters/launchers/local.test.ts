import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobRequest, Launcher } from '../../../ports/launcher.ts';
import type { Store } from '../../../ports/store.ts';
import { carries, findProcesses } from '../../../adapters/launchers/processes.ts';
import { createLauncher } from '../../../adapters/launchers/local.ts';
import { openFileStore } from '../../../adapters/store/file.ts';

let place: string;
let store: Store;
let launcher: Launcher;
const patience = { timeout: 10_000 };
const ref = { job: 'store/key', attempt: '1' };

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'codepmp-jobs-'));
  store = await openFileStore({ root: join(place, 'store') });
  launcher = createLauncher({ folder: store.scratch });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await launcher.cancel(ref, { graceMs: 0 });
  await rm(place, { recursive: true, force: true });
});

function job(script: string, change: Partial<JobRequest> = {}): JobRequest {
  return { ...ref, argv: ['/bin/sh', '-c', script], env: {}, cwd: place, ...change };
}

async function survivors(): Promise<number[]> {
  return findProcesses(carries({ CODEPMP_JOB: 'store/key/1', CODEPMP_JOB_FOLDER: await launcher.folder(ref) }), { descendants: true });
}

async function outputOf(stream: 'stdout' | 'stderr'): Promise<string> {
  return readFile(join(await launcher.folder(ref), `${stream}.log`), 'utf8');
}

async function exited(): Promise<unknown> {
  await expect.poll(() => launcher.poll(ref), patience).toMatchObject({ state: 'exited' });
  return launcher.poll(ref);
}

describe('a job', () => {
  it('runs where it is told to and leaves its output and its exit status', async () => {
    expect(await launcher.poll(ref)).toEqual({ state: 'absent' });
    await launcher.submit(job('pwd; echo "$GREETING" >&2; exit 0', { env: { GREETING: 'hello' } }));
    expect(await exited()).toEqual({ state: 'exited', failure: null });
    expect(await outputOf('stdout')).toBe(`${place}\n`);
    expect(await outputOf('stderr')).toBe('hello\n');
  });

  it('fails with exit status, signal and the end of its errors', async () => {
    await launcher.submit(job('echo boom >&2; exit 3'));
    expect(await exited()).toMatchObject({ failure: { exit: 3, signal: null, cancelled: false, stderr: 'boom' } });
    const killed = { ...ref, attempt: '2' };
    await launcher.submit(job('kill -9 $$', killed));
    await expect.poll(() => launcher.poll(killed), patience).toMatchObject({ state: 'exited', failure: { exit: null, signal: 'SIGKILL' } });
    const missing = { ...ref, attempt: '3' };
    await launcher.submit({ ...job('', missing), argv: ['/no/such/program'] });
    await expect.poll(() => launcher.poll(missing), patience).toMatchObject({ state: 'exited', failure: { exit: 127 } });
  });

  it('gets no variables that change how programs load code, and no secrets', async () => {
    for (const name of ['LD_TEST', 'PYTHONPATH', 'NODE_OPTIONS', 'OPENAI_API_KEY']) vi.stubEnv(name, '--no-warnings');
    await launcher.submit({ ...job(''), argv: ['/usr/bin/env'] });
    await exited();
    const names = (await outputOf('stdout')).split('\n').map((line) => line.split('=')[0] ?? '');
    expect(names).toContain('PATH');
    expect(names.filter((name) => /^(LD_|PYTHON|NODE_OPTIONS|OPENAI)/.test(name))).toEqual([]);
  });

  it('starts once, however many submit it at the same time', async () => {
    const request = job(`echo started >> ${place}/starts; sleep 30`);
    const submitters = Array.from({ length: 4 }, () => submitElsewhere(request));
    const states = await Promise.all([
      ...Array.from({ length: 6 }, () => launcher.submit(request)),
      ...submitters.map(({ state }) => state),
    ]);
    expect(states.map(({ state }) => state)).toEqual(Array(10).fill('running'));
    expect(await readFile(join(place, 'starts'), 'utf8')).toBe('started\n');
    expect(await launcher.submit(request)).toMatchObject({ state: 'running' });
    await launcher.cancel(ref, { graceMs: 1_000 });
    expect(await launcher.submit(request)).toMatchObject({ state: 'exited', failure: { cancelled: true } });
    expect(await readFile(join(place, 'starts'), 'utf8')).toBe('started\n');
  });

  it('outlives the process that submitted it and is found by the next one', async () => {
    const { process: submitter, state } = submitElsewhere(job(`while [ ! -e ${place}/go ]; do sleep 0.05; done; exit 7`), 'stay');
    const first = await state;
    submitter.kill('SIGKILL');
    await once(submitter, 'exit');
    expect(await launcher.poll(ref)).toEqual(first);
    await writeFile(join(place, 'go'), '');
    expect(await exited()).toMatchObject({ failure: { exit: 7 } });
  });

  it('says when it ran, however long ago that was', async () => {
    expect(await launcher.ran(ref)).toBeNull();
    const before = Date.now();
    await launcher.submit(job(`while [ ! -e ${place}/go ]; do sleep 0.05; done`));
    const [from, to] = (await launcher.ran(ref)) ?? [0, 0];
    expect([from >= before - 1000, from <= to, to <= Date.now()]).toEqual([true, true, true]);
    await writeFile(join(place, 'go'), '');
    await exited();
    const end = (await stat(join(await launcher.folder(ref), 'exit'))).mtimeMs;
    expect(await launcher.ran(ref)).toEqual([from, end]);
    await delay(300);
    expect(await launcher.ran(ref)).toEqual([from, end]);
  });

  it('never ran where it was cancelled before', async () => {
    await launcher.cancel(ref, { graceMs: 0 });
    expect(await launcher.ran(ref)).toBeNull();
  });

  it('is over, for unknown reason, when all its processes vanished', async () => {
    await launcher.submit(job('echo begun; sleep 30'));
    const killed = async () => (await survivors()).map((pid) => process.kill(pid, 'SIGKILL'));
    await expect.poll(killed, patience).toEqual([]);
    expect(await exited()).toMatchObject({ failure: { exit: null, signal: null, cancelled: false } });
    const [from, to] = (await launcher.ran(ref)) ?? [0, 0];
    expect(to - from).toBeLessThan(5000);
    await delay(50);
    expect(await launcher.ran(ref)).toEqual([from, to]);
  });
});

describe('cancel', () => {
  it('lets the launched program end in good order', async () => {
    await launcher.submit(job(`trap 'echo saved; exit 0' TERM; echo ready; while :; do sleep 0.05; done`));
    await expect.poll(() => outputOf('stdout'), patience).toBe('ready\n');
    await launcher.cancel(ref, { graceMs: 10_000 });
    expect(await outputOf('stdout')).toBe('ready\nsaved\n');
    expect(await launcher.poll(ref)).toEqual({ state: 'exited', failure: null });
  });

  it('waits for the exit status of a program that ended, however late it is noted', async () => {
    await launcher.submit(job(`trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done`));
    await expect.poll(() => outputOf('stdout'), patience).toBe('ready\n');
    const wrapper = Number(await readFile(join(await launcher.folder(ref), 'pid'), 'utf8'));
    process.kill(wrapper, 'SIGSTOP');
    setTimeout(() => process.kill(wrapper, 'SIGCONT'), 1_000);
    await launcher.cancel(ref, { graceMs: 10_000 });
    expect(await launcher.poll(ref)).toEqual({ state: 'exited', failure: null });
  });

  it('kills what ignores it, with grandchildren in sessions of their own', async () => {
    const stubborn = `trap '' TERM; while :; do sleep 1; done`;
    await launcher.submit(job(`setsid sh -c "${stubborn}" & env -i setsid sleep 60 & setsid setsid sh -c "${stubborn}" & ${stubborn}`));
    await expect.poll(async () => (await survivors()).length, patience).toBeGreaterThanOrEqual(5);
    await launcher.cancel(ref, { graceMs: 100 });
    expect(await survivors()).toEqual([]);
    expect(await launcher.poll(ref)).toMatchObject({ state: 'exited', failure: { signal: 'SIGKILL', cancelled: true } });
  });

  it('removes what the program left behind after its end', async () => {
    await launcher.submit(job('setsid sleep 60 & exit 0'));
    await exited();
    await expect.poll(async () => (await survivors()).length, patience).toBe(1);
    await launcher.cancel(ref, { graceMs: 1_000 });
    expect(await survivors()).toEqual([]);
  });

  it('before the submit keeps the job from ever starting', async () => {
    await launcher.cancel(ref, { graceMs: 1_000 });
    expect(await launcher.submit(job(`touch ${place}/started`))).toMatchObject({ state: 'exited', failure: { cancelled: true } });
    expect(existsSync(join(place, 'started'))).toBe(false);
  });

  it('leaves an equal job of another store alone', async () => {
    const other = await openFileStore({ root: join(place, 'other') });
    const twin = createLauncher({ folder: other.scratch });
    await Promise.all([launcher.submit(job('sleep 30')), twin.submit(job('sleep 30'))]);
    await launcher.cancel(ref, { graceMs: 1_000 });
    expect(await twin.poll(ref)).toMatchObject({ state: 'running' });
    await twin.cancel(ref, { graceMs: 1_000 });
  });
});

function submitElsewhere(request: JobRequest, mode = 'leave'): { process: ReturnType<typeof spawn>; state: Promise<{ state: string }> } {
  const settings = JSON.stringify({ root: join(place, 'store'), request });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/submit-job.ts'), settings, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const state = once(child.stdout, 'data').then(([line]: unknown[]) => JSON.parse(String(line)) as { state: string });
  return { process: child, state };
}
