import { asyncLocalStorage, Context } from '@temporalio/activity';
import type { Info } from '@temporalio/activity';
import { noopMetricMeter } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { atEdge } from '../../activities/edge.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Activities that run at once in a worker, and what each has sent. */
interface Running {
  /** Milliseconds from the start to each heartbeat, by activity. */
  beats: number[][];
  /** Cancels the last of them, which runs on. */
  cancel: () => void;
  /** Ends all, and returns how many heartbeats each has sent. */
  end: () => Promise<number[]>;
}

function startActivities(count: number, heartbeatTimeoutMs = 10_000): Running {
  const began = Date.now();
  const ended = Promise.withResolvers<void>();
  const { wait } = atEdge({ wait: () => ended.promise });
  const beats = Array.from({ length: count }, (): number[] => []);
  const cancelling = beats.map(() => new AbortController());
  const running = beats.map((own, index) => {
    const heartbeat = (): void => void own.push(Date.now() - began);
    const never = new Promise<never>(() => undefined);
    const signal = cancelling[index]?.signal ?? AbortSignal.abort();
    const info = { heartbeatTimeoutMs } as Info;
    const context = new Context(info, never, signal, heartbeat, undefined, new DefaultLogger('ERROR'), noopMetricMeter, {});
    return asyncLocalStorage.run(context, wait);
  });
  const counts = () => beats.map(({ length }) => length);
  const end = async () => {
    ended.resolve();
    await Promise.all(running);
    const sent = counts();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(counts()).toEqual(sent);
    return sent;
  };
  return { beats, cancel: () => cancelling.at(-1)?.abort(), end };
}

/** Runs so many activities at once for ten seconds, and counts the heartbeats of each. */
async function heartbeatsOf(count: number, heartbeatTimeoutMs?: number): Promise<number[]> {
  const { end } = startActivities(count, heartbeatTimeoutMs);
  await vi.advanceTimersByTimeAsync(10_000);
  return end();
}

describe('the heartbeats of activities', () => {
  it('come every second where few run', async () => {
    expect(new Set(await heartbeatsOf(16))).toEqual(new Set([10]));
  });

  it('come less often where many run, but twice in the time after which an activity counts as lost', async () => {
    expect((await heartbeatsOf(40)).at(-1)).toBe(4);
    const ofMany = await heartbeatsOf(400);
    expect([Math.min(...ofMany), ofMany.at(-1)]).toEqual([2, 2]);
    expect((await heartbeatsOf(400, 20_000)).at(-1)).toBe(1);
  });

  it('of all come at once when one has heard of its cancellation, and then more often for ten seconds', async () => {
    const { beats, cancel, end } = startActivities(100, 20_000);
    await vi.advanceTimersByTimeAsync(1500);
    cancel();
    expect(new Set(beats.map((own) => own.at(-1)))).toEqual(new Set([1500]));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(beats[0]?.filter((at) => at >= 1500 && at < 5000)).toEqual([1500, 2500, 3500, 4500]);
    expect(beats[0]?.filter((at) => at >= 9500)).toEqual([9500, 10_500, 11_500, 17_500]);
    expect(beats.at(-1)).toEqual([1500, 7500, 13_500, 19_500]);
    await end();
  });
});
