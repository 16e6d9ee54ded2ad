/** Limits how much work runs at once; the rest waits in order. */
export interface Limiter {
  /** Runs the work when there is room; an abort while it waits rejects with the signal's reason. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** A limit shared by everybody who holds the limiter. */
export function createLimiter(most: number): Limiter {
  const queue = new Set<() => void>();
  let running = 0;

  const enter = (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (running < most) {
      running += 1;
      return Promise.resolve();
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leaveQueue = (): void => {
      queue.delete(proceed);
      reject(signal.reason);
    };
    const proceed = (): void => {
      signal.removeEventListener('abort', leaveQueue);
      resolve();
    };
    queue.add(proceed);
    signal.addEventListener('abort', leaveQueue, { once: true });
    return promise;
  };

  const leave = (): void => {
    const [next] = queue;
    if (!next) {
      running -= 1;
      return;
    }
    queue.delete(next);
    next();
  };

  return {
    async run(signal, work) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
