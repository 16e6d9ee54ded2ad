/**
 * Shares this machine between the model servers we run and the processes we launch: any number of servers, or one
 * process. Whoever came first goes first, so neither side starves.
 */
export interface Machine {
  /** Resolves when model servers may run; call the result when done. */
  shared(signal: AbortSignal): Promise<() => void>;
  /** Resolves when nothing else holds the machine; call the result when done. */
  exclusive(signal: AbortSignal): Promise<() => void>;
}

interface Waiter {
  exclusive: boolean;
  start: () => void;
}

/** One machine, known to one worker process. */
export function createMachine(): Machine {
  const queue: Waiter[] = [];
  let sharers = 0;
  let owned = false;

  const advance = () => {
    for (let head = queue[0]; head; head = queue[0]) {
      if (owned || (head.exclusive && sharers > 0)) return;
      queue.shift();
      if (head.exclusive) owned = true;
      else sharers++;
      head.start();
    }
  };
  const enter = (exclusive: boolean, signal: AbortSignal) =>
    new Promise<() => void>((resolve, reject) => {
      signal.throwIfAborted();
      const leave = once(() => {
        if (exclusive) owned = false;
        else sharers--;
        advance();
      });
      const waiter: Waiter = { exclusive, start: () => resolve(leave) };
      const giveUp = () => {
        const at = queue.indexOf(waiter);
        if (at < 0) return;
        queue.splice(at, 1);
        reject(signal.reason as Error);
        advance();
      };
      signal.addEventListener('abort', giveUp, { once: true });
      queue.push(waiter);
      advance();
    });
  return { shared: (signal) => enter(false, signal), exclusive: (signal) => enter(true, signal) };
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
