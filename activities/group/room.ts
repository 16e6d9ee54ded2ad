interface WaitingChunk {
  requests: number;
  begin: () => void;
}

/** Room for the requests of chunks; call the result once they are done. Rejects with the signal's reason if that aborts first. */
export type TakeRoom = (requests: number, signal: AbortSignal) => Promise<() => void>;

/**
 * Bounds the memory that chunks take: they begin in order, one alone whatever its size, and others while all together have at most so
 * many requests.
 */
export function createRoom(most: number): TakeRoom {
  const waiting = new Set<WaitingChunk>();
  let taken = 0;
  const beginNext = (): void => {
    for (let [next] = waiting; next && (taken === 0 || taken + next.requests <= most); [next] = waiting) {
      waiting.delete(next);
      taken += next.requests;
      next.begin();
    }
  };
  return async (requests, signal) => {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry = { requests, begin: resolve };
    const leave = (): void => {
      if (!waiting.delete(entry)) return;
      reject(signal.reason as Error);
      beginNext();
    };
    signal.addEventListener('abort', leave, { once: true });
    waiting.add(entry);
    beginNext();
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
    return () => {
      taken -= requests;
      beginNext();
    };
  };
}
