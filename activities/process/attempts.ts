import { readdir } from 'node:fs/promises';
import { secondsIn, type Span } from '../../plan/index.ts';
import type { Launcher } from '../../ports/launcher.ts';

interface Job {
  job: string;
  /** The folder shared by its attempts, which contains their own. */
  shared: string;
}

/** An attempt of this job that is still running or waits for a scheduler, no matter which worker started it. */
export async function liveAttempt(launcher: Launcher, { job, shared }: Job): Promise<string | null> {
  for (const attempt of await attemptsIn(shared))
    if (/^(running|queued)$/.test((await launcher.poll({ job, attempt })).state)) return attempt;
  return null;
}

/** Seconds since a moment (milliseconds since the epoch) in which an attempt of this job ran, whether or not it was watched. */
export async function secondsOf(launcher: Launcher, { job, shared, since }: Job & { since: number }): Promise<number> {
  const spans: Span[] = [];
  for (const attempt of await attemptsIn(shared)) {
    const [from, to] = (await launcher.ran({ job, attempt })) ?? [0, 0];
    if (to > since) spans.push([Math.max(from, since), to]);
  }
  return secondsIn(spans);
}

/** Names of attempts, and of other folders beside theirs. */
async function attemptsIn(shared: string): Promise<string[]> {
  const entries = await readdir(shared, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
