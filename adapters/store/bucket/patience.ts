import { setTimeout as sleep } from 'node:timers/promises';
import { bucketFailure, isAway } from './failure.ts';

/** Milliseconds for which a server that has answered before is waited for, and the first and the longest pause between two tries. */
const patience = { most: 30 * 60_000, first: 500, longest: 15_000 };

/**
 * Makes requests of a bucket, again while its server does not answer, if it has answered before; every failure becomes a ClassifiedError
 * that names the bucket. A warning on standard error, in a worker its log, says when it is waited for.
 */
export function createPatience(url: string): <T>(request: () => Promise<T>) => Promise<T> {
  let hasAnswered = false;
  let isWaiting = false;

  const warn = (reason: string): void => {
    if (!isWaiting) process.emitWarning(`${reason}. It is asked again for ${patience.most / 60_000} minutes`, { type: 'StoreUnavailable' });
    isWaiting = true;
  };

  return async (request) => {
    const began = performance.now();
    for (let pause = patience.first; ; pause = Math.min(2 * pause, patience.longest)) {
      try {
        const answer = await request();
        hasAnswered = true;
        isWaiting = false;
        return answer;
      } catch (error) {
        const isOver = !hasAnswered || performance.now() - began + pause > patience.most;
        if (isOver || !isAway(error)) throw bucketFailure(error, url);
        warn(`the store ${url} does not answer`);
        await sleep(pause);
      }
    }
  };
}
