/**
 * Shares this machine between the model servers we run and the processes we launch: any number of servers, or one
 * process. Servers go first, so that a generation is not torn apart; a process that has waited long enough goes before
 * every server that comes after.
 */
export interface Machine {
  /** Resolves when model servers may run; call the result when done. */
  shared(signal: AbortSignal): Promise<() => void>;
  /** Resolves when nothing else holds the machine; call the result when done. */
  exclusive(signal: AbortSignal): Promise<() => void>;
}

interface Waiter {
  exclusive: boolean;
  since: number;
  start: () => void;
}

export interface MachineOptions {
  /** Milliseconds after which a waiting process holds new servers back. Default: ten minutes. */
  patience?: number;
  /** Milliseconds without a server before a process starts: steps of a generation follow each other closely. Default: 500. */
  pause?: number;
}

/** One machine, known to one worker process. */
export function createMachine({ patience = 600_000, pause = 500 }: MachineOptions = {}): Machine {
  const queue: Waiter[] = [];
  let sharers = 0;
  let owned = false;
  let timer: NodeJS.Timeout | null = null;

  const start = (waiter: Waiter) => {
    queue.splice(queue.indexOf(waiter), 1);
    if (waiter.exclusive) owned = true;
    else sharers++;
    waiter.start();
  };
  const advance = () => {
    if (owned) return;
    const isOverdue = queue.some((waiter) => waiter.exclusive && Date.now() - waiter.since >= patience);
    if (!isOverdue) for (const waiter of queue.filter((each) => !each.exclusive)) start(waiter);
    if (sharers === 0 && queue.length > 0) timer ??= setTimeout(startProcess, pause);
  };
  const startProcess = () => {
    timer = null;
    const process = queue.find((waiter) => waiter.exclusive);
    if (process && !owned && sharers === 0) start(process);
    else advance();
  };
  const enter = (exclusive: boolean, signal: AbortSignal) =>
    new Promise<() => void>((resolve, reject) => {
      signal.throwIfAborted();
      const leave = once(() => {
        if (exclusive) owned = false;
        else sharers--;
        advance();
      });
      const waiter: Waiter = { exclusive, since: Date.now(), start: () => resolve(leave) };
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
