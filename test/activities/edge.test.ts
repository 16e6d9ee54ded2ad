import { asyncLocalStorage, Context } from '@temporalio/activity';
import type { Info } from '@temporalio/activity';
import { noopMetricMeter } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { atEdge } from '../../activities/edge.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Runs so many activities at once for ten seconds, and counts the heartbeats of each. */
async function heartbeatsOf(count: number): Promise<number[]> {
  const ended = Promise.withResolvers<void>();
  const { wait } = atEdge({ wait: () => ended.promise });
  const beats = Array.from({ length: count }, () => 0);
  const running = beats.map((_, index) => {
    const heartbeat = (): void => void (beats[index] = (beats[index] ?? 0) + 1);
    const never = new Promise<never>(() => undefined);
    const { signal } = new AbortController();
    const context = new Context({} as Info, never, signal, heartbeat, undefined, new DefaultLogger('ERROR'), noopMetricMeter, {});
    return asyncLocalStorage.run(context, wait);
  });
  await vi.advanceTimersByTimeAsync(10_000);
  ended.resolve();
  await Promise.all(running);
  const sent = [...beats];
  await vi.advanceTimersByTimeAsync(10_000);
  expect(beats).toEqual(sent);
  return sent;
}

describe('the heartbeats of activities', () => {
  it('come every second where few run', async () => {
    expect(new Set(await heartbeatsOf(20))).toEqual(new Set([10]));
  });

  it('come less often where many run, but twice in the 10 s after which an activity counts as lost', async () => {
    expect((await heartbeatsOf(40)).at(-1)).toBe(5);
    const ofMany = await heartbeatsOf(400);
    expect([Math.min(...ofMany), ofMany.at(-1)]).toEqual([2, 2]);
  });
});
