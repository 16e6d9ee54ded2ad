interface Followed {
  callbacks: Set<() => void>;
  tell: () => void;
}

const followed = new WeakMap<AbortSignal, Followed>();

/**
 * Calls back once the signal aborts, unless what this returns is called before. All callbacks of a signal share one listener: a signal
 * goes through its listeners whenever one is added or removed, and thousands of requests share a signal.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, tell } = followed.get(signal) ?? follow(signal);
  callbacks.add(callback);
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return;
    signal.removeEventListener('abort', tell);
    followed.delete(signal);
  };
}

function follow(signal: AbortSignal): Followed {
  const callbacks = new Set<() => void>();
  const tell = (): void => {
    for (const each of callbacks) each();
  };
  signal.addEventListener('abort', tell, { once: true });
  followed.set(signal, { callbacks, tell });
  return { callbacks, tell };
}
