import { mkdtemp, mkdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Launcher } from '../../../ports/launcher.ts';
import type { Store } from '../../../ports/store.ts';
import { liveAttempt, secondsOf } from '../../../activities/process/attempts.ts';
import { createLauncher, openFileStore } from '../../../adapters/index.ts';

const job = 'job';
let root: string;
let store: Store;
let launcher: Launcher;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-attempts-'));
  store = await openFileStore({ root });
  launcher = createLauncher({ folder: store.scratch });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const hour = 3600_000;

/** An attempt that ran so long, hours ago. */
async function attempt(name: string, { ago, seconds }: { ago: number; seconds: number }): Promise<void> {
  const ref = { job, attempt: name };
  await launcher.submit({ ...ref, argv: ['/bin/sh', '-c', 'exit 1'], env: {}, cwd: root });
  await expect.poll(() => launcher.poll(ref)).toMatchObject({ state: 'exited' });
  const from = new Date(Date.now() - ago * hour);
  const to = new Date(from.getTime() + seconds * 1000);
  const folder = await launcher.folder(ref);
  await utimes(join(folder, 'pid'), from, from);
  await utimes(join(folder, 'exit'), to, to);
}

it('counts the time in which attempts ran, not the night between them, nor what ran before the node was started again', async () => {
  const shared = await store.scratch(job);
  await mkdir(join(shared, 'checkpoints'));
  await attempt('before', { ago: 20, seconds: 1000 });
  await attempt('first', { ago: 12, seconds: 90 });
  await attempt('second', { ago: 1, seconds: 30 });
  const since = (hours: number) => secondsOf(launcher, { job, shared, since: Date.now() - hours * hour });
  expect(await since(13)).toBe(120);
  expect(await since(2)).toBe(30);
  expect(await since(0.5)).toBe(0);
  expect(await liveAttempt(launcher, { job, shared })).toBeNull();
});
