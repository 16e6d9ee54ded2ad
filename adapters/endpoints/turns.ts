import { createAdaptiveLimit, type AdaptiveLimit } from './adaptive-limit.ts';
import type { EndpointFailure } from './failure.ts';
import { createServerHealth, type Pauses, type ServerHealth, type Trouble } from './server-health.ts';

/** Permission to send one request. Exactly one of its functions must be called when the request has ended. */
export interface RequestTurn {
  /** Index of the server to ask. */
  server: number;
  /** The server has replied, even if it refused the request. */
  replied(): void;
  /** It failed in a way that may pass. Equal `by` are the same request. False: the server is in trouble, so the request is not to blame. */
  failed(failure: EndpointFailure, by: object): boolean;
  /** It was not wanted any more. */
  dropped(): void;
}

/** Who may send a request when: one limit over the servers of an endpoint, of which those in trouble are left alone. */
export interface Turns {
  /** Waits for a turn, in order. Rejects with the signal's reason, or with an `Outage` once all servers have been in trouble too long. */
  take(signal: AbortSignal): Promise<RequestTurn>;
  /** The trouble that all servers are in, from when the last of them got into it; null: one of them can be asked. */
  trouble(): Trouble | null;
}

/** All servers of an endpoint have been in trouble for longer than is waited for. */
export class Outage extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.failure.what);
    this.name = 'Outage';
    this.trouble = trouble;
  }
}

export interface TurnsOptions {
  /** Base URLs of the servers. */
  urls: string[];
  /** Requests in flight at most, over all servers. */
  most: () => number;
  /** How long trouble of all servers is waited out, milliseconds. */
  outage: number;
  pauses: Pauses;
}

interface ServerState {
  health: ServerHealth;
  limit: AdaptiveLimit;
  inFlight: number;
}

interface WaitingRequest {
  proceed(turn: RequestTurn): void;
  fail(error: Error): void;
}

/** Turns at servers of which nothing bad is known. */
export function createTurns({ urls, most, outage, pauses }: TurnsOptions): Turns {
  const states = urls.map((url): ServerState => {
    return { health: createServerHealth(url, pauses), limit: createAdaptiveLimit(most), inFlight: 0 };
  });
  const waiting = new Set<WaitingRequest>();
  let timer: NodeJS.Timeout | undefined;

  const troubleOfAll = (): Trouble | null => {
    const troubles = states.map(({ health }) => health.trouble());
    return troubles.reduce((latest, each) => (latest && each && each.since > latest.since ? each : each && latest), troubles[0] ?? null);
  };

  /** The least busy server that may be asked now. */
  const freeServer = (): number => {
    if (states.reduce((sum, { inFlight }) => sum + inFlight, 0) >= most()) return -1;
    let best = -1;
    for (const [index, { health, limit, inFlight }] of states.entries()) {
      if (inFlight >= limit.now() || health.opensAt() > Date.now()) continue;
      if (best < 0 || inFlight < (states[best]?.inFlight ?? 0)) best = index;
    }
    return best;
  };

  const turnAt = (server: number, state: ServerState): RequestTurn => {
    const { health, limit } = state;
    const isTrial = health.sent();
    state.inFlight += 1;
    const leave = (): void => {
      state.inFlight -= 1;
      serve();
    };
    return {
      server,
      replied() {
        limit.count(false);
        health.replied();
        leave();
      },
      failed(failure, by) {
        limit.count(failure.isOverload === true);
        health.failed(failure, { by, isTrial });
        const isToBlame = health.trouble() === null;
        leave();
        return isToBlame;
      },
      dropped() {
        if (isTrial) health.trialDropped();
        leave();
      },
    };
  };

  /** Gives turns to those who wait, and comes back when the next server may be tried or the wait has been too long. */
  const serve = (): void => {
    clearTimeout(timer);
    while (waiting.size > 0) {
      const [next] = waiting;
      const server = freeServer();
      const state = states[server];
      if (!next || !state) return wait();
      waiting.delete(next);
      next.proceed(turnAt(server, state));
    }
  };

  const wait = (): void => {
    const trouble = troubleOfAll();
    const now = Date.now();
    const end = trouble === null ? Infinity : trouble.since + outage;
    const openings = states.map(({ health }) => health.opensAt());
    if (trouble !== null && end <= now && !openings.includes(Infinity)) return giveUp(trouble);
    const next = Math.min(...[end, ...openings].filter((at) => at > now));
    if (next < Infinity) timer = setTimeout(serve, next - now);
  };

  const giveUp = (trouble: Trouble): void => {
    const all = [...waiting];
    waiting.clear();
    for (const { fail } of all) fail(new Outage(trouble));
  };

  const take = (signal: AbortSignal): Promise<RequestTurn> => {
    const { promise, resolve, reject } = Promise.withResolvers<RequestTurn>();
    const leaveQueue = (): void => {
      waiting.delete(entry);
      reject(signal.reason as Error);
    };
    const entry: WaitingRequest = {
      proceed(turn) {
        signal.removeEventListener('abort', leaveQueue);
        resolve(turn);
      },
      fail(error) {
        signal.removeEventListener('abort', leaveQueue);
        reject(error);
      },
    };
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    signal.addEventListener('abort', leaveQueue, { once: true });
    waiting.add(entry);
    serve();
    return promise;
  };

  return { take, trouble: troubleOfAll };
}
