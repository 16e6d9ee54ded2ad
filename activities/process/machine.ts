import type { MachineLock } from '../../ports/machine.ts';

/**
 * Shares this machine between our model servers and the processes we launch: any number of servers, or one process. Servers take
 * precedence, so that a generation is not interrupted; a process that has waited long enough precedes later servers, and a process
 * that was submitted before precedes everything.
 */
export interface Machine {
  /** Resolves when model servers may run; call the result when done. */
  shared(signal: AbortSignal): Promise<() => void>;
  /** Resolves when nothing else holds the machine; call the result when done. */
  exclusive(signal: AbortSignal, claim: Claim): Promise<() => void>;
  /** What holds the machine, in words; null if nothing does. */
  holder(): string | null;
}

/** A process that needs the machine. */
export interface Claim {
  /** Id of its step. */
  step: string;
  job: string;
  /** Whether a worker that no longer exists has submitted it: it runs, or will as soon as it can. */
  isSubmitted: boolean;
  /** Whether it waits for others that come with it, whose work it can do as well. Default: it does not. */
  gathers?: boolean;
}

/** Where a scheduler decides whose turn it is, nobody waits here. */
export const scheduled: Machine = { shared: async () => () => {}, exclusive: async () => () => {}, holder: () => null };

interface Waiter {
  /** null: model servers. */
  claim: Claim | null;
  since: number;
  start: () => void;
}

export interface MachineOptions {
  /** A lock that other workers on this machine respect. Default: none. */
  lock?: MachineLock;
  /** Milliseconds after which a waiting process blocks new servers. Default: ten minutes. */
  patience?: number;
  /**
   * Milliseconds without a server before a process starts, since the steps of a generation follow each other closely. A process that
   * gathers others also waits so long for them. Default: 500.
   */
  pause?: number;
}

/** Milliseconds between two attempts to take a machine that another worker holds. */
const lookAgain = 250;

const unshared: MachineLock = { take: async () => ({ release: () => {} }) };

/** The machine, as one worker process sees it. */
export function createMachine({ lock = unshared, patience = 600_000, pause = 500 }: MachineOptions = {}): Machine {
  const queue: Waiter[] = [];
  let sharers = 0;
  let owner: Claim | null = null;
  let release = (): void => {};
  let elsewhere: string | null = null;
  let servedUntil = 0;
  let isTaking = false;
  let timer: NodeJS.Timeout | undefined;

  const isOverdue = (): boolean => queue.some(({ claim, since }) => claim && (claim.isSubmitted || Date.now() - since >= patience));
  const nextUp = (): Waiter | undefined =>
    queue.find(({ claim }) => claim?.isSubmitted) ??
    (isOverdue() ? undefined : queue.find(({ claim }) => !claim)) ??
    queue.find(({ claim }) => claim);

  const pauseFrom = ({ claim, since }: Waiter): number => (claim?.gathers ? Math.max(servedUntil, since) : servedUntil);

  const start = (waiter: Waiter): void => {
    queue.splice(queue.indexOf(waiter), 1);
    if (waiter.claim) owner = waiter.claim;
    else sharers++;
    waiter.start();
  };
  const takeIn = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void take(), ms);
  };
  const advance = (): void => {
    if (owner) return;
    if (sharers > 0) {
      if (!isOverdue()) for (const waiter of queue.filter(({ claim }) => !claim)) start(waiter);
      return;
    }
    const next = nextUp();
    if (next) takeIn(next.claim && !next.claim.isSubmitted ? Math.max(0, pauseFrom(next) + pause - Date.now()) : 0);
  };
  const take = async (): Promise<void> => {
    const wanted = nextUp();
    if (isTaking || owner || sharers > 0 || !wanted) return;
    isTaking = true;
    const taken = await lock.take(wanted.claim?.job ?? null).catch((error: unknown) => ({ holder: String(error) }));
    isTaking = false;
    elsewhere = 'holder' in taken ? taken.holder : null;
    if ('holder' in taken) return takeIn(lookAgain);
    // The waiter may have given up meanwhile, or another with precedence may have come.
    const next = nextUp();
    if (next?.claim?.job === wanted.claim?.job && next) {
      release = taken.release;
      start(next);
    } else taken.release();
    advance();
  };
  const enter = (claim: Claim | null, signal: AbortSignal) =>
    new Promise<() => void>((resolve, reject) => {
      signal.throwIfAborted();
      const leave = once(() => {
        if (claim) owner = null;
        else sharers--;
        if (!claim) servedUntil = Date.now();
        if (sharers === 0) release();
        advance();
      });
      const waiter: Waiter = { claim, since: Date.now(), start: () => resolve(leave) };
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
  return {
    shared: (signal) => enter(null, signal),
    exclusive: (signal, claim) => enter(claim, signal),
    holder: () => (owner ? `${owner.step} runs` : sharers > 0 ? 'model servers run' : elsewhere),
  };
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
