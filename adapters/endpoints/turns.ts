import { createAdaptiveLimit, type AdaptiveLimit } from './adaptive-limit.ts';
import type { EndpointFailure } from './failure.ts';
import { createServerHealth, type Pauses, type ServerHealth, type Trouble } from './server-health.ts';

/** Permission to send one request. Exactly one of its functions must be called when the request has ended. */
export interface RequestTurn {
  /** Base URL of the server to ask. */
  server: string;
  /** The server has replied, even if it refused the request. */
  replied(): void;
  /** It failed in a way that may pass. Equal `by` are the same request. False: the server is in trouble, so the request is not to blame. */
  failed(failure: EndpointFailure, by: object): boolean;
  /** It was not wanted any more. */
  dropped(): void;
}

/** Who may send a request when: one limit over the servers of an endpoint, of which those in trouble are left alone. */
export interface Turns {
  /**
   * Waits for a turn, in order. Rejects with the signal's reason, or with an `Outage` once all servers have been in trouble too long. Of
   * requests `since` a later time than the last failure, by `performance.now`, one is sent all the same: a server may be back when work
   * begins again.
   */
  take(request: { signal: AbortSignal; since: number }): Promise<RequestTurn>;
  /** The trouble that all servers are in, from when the last of them got into it; null: one of them can be asked. */
  trouble(): Trouble | null;
  /** The servers from now on. Those among them that are known keep what is known of them; while there are none, everybody waits. */
  setServers(urls: string[]): void;
  /** Nobody can be served any more: all who wait, and all who come, get this error. */
  end(error: Error): void;
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
  url: string;
  health: ServerHealth;
  limit: AdaptiveLimit;
  inFlight: number;
}

interface WaitingRequest {
  since: number;
  proceed(turn: RequestTurn): void;
  fail(error: Error): void;
}

/** Turns at servers of which nothing bad is known. */
export function createTurns({ urls, most, outage, pauses }: TurnsOptions): Turns {
  const stateOf = (url: string): ServerState => {
    return { url, health: createServerHealth(url, pauses), limit: createAdaptiveLimit(most), inFlight: 0 };
  };
  let states = urls.map(stateOf);
  let ended: Error | null = null;
  const waiting = new Set<WaitingRequest>();
  let timer: NodeJS.Timeout | undefined;

  const troubleOfAll = (): Trouble | null => {
    const troubles = states.map(({ health }) => health.trouble());
    return troubles.reduce((latest, each) => (latest && each && each.since > latest.since ? each : each && latest), troubles[0] ?? null);
  };

  /** The least busy server that may be asked now. */
  const freeServer = (): ServerState | undefined => {
    if (states.reduce((sum, { inFlight }) => sum + inFlight, 0) >= most()) return undefined;
    const free = states.filter(({ inFlight, limit, health }) => inFlight < limit.now() && health.opensAt() <= Date.now());
    return free.reduce<ServerState | undefined>((best, each) => (best && best.inFlight <= each.inFlight ? best : each), undefined);
  };

  const turnAt = (state: ServerState): RequestTurn => {
    const { url: server, health, limit } = state;
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
      const state = freeServer();
      if (!next || !state) return wait();
      waiting.delete(next);
      next.proceed(turnAt(state));
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

  /** Fails all who have waited for a server in vain. Of those who came later, one finds out whether that is over. */
  const giveUp = (trouble: Trouble): void => {
    failAll(new Outage(trouble), [...waiting].filter(({ since }) => since <= trouble.last));
    const [next] = waiting;
    const state = states.find(({ inFlight, limit }) => inFlight < limit.now());
    if (!next || !state) return;
    waiting.delete(next);
    next.proceed(turnAt(state));
  };

  const failAll = (error: Error, requests = [...waiting]): void => {
    for (const request of requests) waiting.delete(request);
    for (const { fail } of requests) fail(error);
  };

  const take: Turns['take'] = ({ signal, since }) => {
    const { promise, resolve, reject } = Promise.withResolvers<RequestTurn>();
    const leaveQueue = (): void => {
      waiting.delete(entry);
      reject(signal.reason as Error);
    };
    const entry: WaitingRequest = {
      since,
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
    if (ended) return Promise.reject(ended);
    signal.addEventListener('abort', leaveQueue, { once: true });
    waiting.add(entry);
    serve();
    return promise;
  };

  return {
    take,
    trouble: troubleOfAll,
    setServers(now) {
      states = now.map((url) => states.find((state) => state.url === url) ?? stateOf(url));
      serve();
    },
    end(error) {
      ended = error;
      failAll(error);
    },
  };
}
