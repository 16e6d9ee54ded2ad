import { Context } from '@temporalio/activity';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobRef, JobState, Launcher } from '../../ports/launcher.ts';
import type { Meter } from '../meter.ts';
import type { ProcessProgress } from './progress.ts';
import { createStallWatch } from './stall.ts';

/** Milliseconds between two polls of a process. */
const pollInterval = 250;

/** Milliseconds a cancelled process has to exit before it is killed. */
const grace = 4000;

/** How a program has ended. */
export interface EndedProcess {
  state: JobState;
  /** Seconds without a step after which it was killed; null: it was not. */
  silent: number | null;
}

/**
 * Follows a program until it has ended, and ends it where nothing in it moves any more. Our own cancellation ends it as well; if the
 * activity itself times out, it keeps running.
 */
export async function follow(
  launcher: Launcher,
  { ref, progress, meter, signal }: { ref: JobRef; progress: () => Promise<ProcessProgress>; meter: Meter; signal: AbortSignal },
): Promise<EndedProcess> {
  const since = Date.now();
  const silence = createStallWatch();
  for (;;) {
    const state = await launcher.poll(ref);
    const { last, lines, within, written } = await progress();
    if (state.state === 'queued') meter.set({ queued: { since, holder: `${state.reason}, says the scheduler` } });
    else meter.begin();
    if (last) meter.set({ done: last.done, total: last.total, unit: last.unit, detail: last.detail });
    const isRunning = state.state === 'running';
    if (!isRunning && state.state !== 'queued') return { state, silent: null };
    const silent = silence({ at: performance.now(), isRunning, lines, within });
    if (silent !== null && written >= ((await launcher.ran(ref))?.[0] ?? Number.NaN)) {
      await launcher.cancel(ref, { graceMs: 0 });
      return { state: await launcher.poll(ref), silent };
    }
    await delay(pollInterval, undefined, { signal }).catch(() => {});
    if (!signal.aborted) continue;
    if (Context.current().cancellationDetails?.cancelRequested) await launcher.cancel(ref, { graceMs: grace });
    signal.throwIfAborted();
  }
}
