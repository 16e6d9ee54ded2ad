import type { Share, ShareUser } from '../../ports/endpoint.ts';
import { createAdaptiveLimit, type AdaptiveLimit } from './adaptive-limit.ts';
import type { EndpointFailure } from './failure.ts';
import { onAbort } from './on-abort.ts';
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

/** Which request of an endpoint may be sent when, and to which of its servers. */
export interface Turns {
  /**
   * Waits for a turn, in order. Rejects with the signal's reason, or with an `Outage` once all servers have been in trouble too long. Of
   * requests `since` a later time than the last failure, by `performance.now`, one is sent all the same: a server may be back when work
   * begins again. `isSent`: it was sent before, and brought no answer.
   */
  take(request: { signal: AbortSignal; since: number; isSent: boolean }): Promise<RequestTurn>;
  /** The trouble that all servers are in, from when the last of them got into it; null: one of them can be asked. */
  trouble(): Trouble | null;
  /** The servers from now on. Those that are known keep what is known of them; while there are none, everybody waits. */
  setServers(urls: string[]): void;
  /** Nobody is served any more: all who wait, and all who come, get this error, or that of an earlier call. */
  end(error: Error): void;
}

export interface TurnsOptions {
  /** Base URLs of the servers. */
  urls: string[];
  /** How long trouble of all servers is waited out, milliseconds. */
  outage: number;
  /** The limit of this endpoint. Default: that of the servers is enough. */
  shareOf?: ((user: ShareUser) => Share) | undefined;
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

/** Servers that several endpoints may ask: one limit over all, and what is known of each. Those in trouble are left alone. */
export interface Gate {
  /** Opens it for an endpoint. */
  open(options: TurnsOptions): Turns;
}

export interface GateOptions {
  /** The limit over all servers. */
  shareOf: (user: ShareUser) => Share;
  /** Pauses before a server in trouble is tried again. */
  pauses: Pauses;
}

/** Requests that are sent before other work has a turn: to connect and to send take a fraction of a millisecond each. */
const givenAtOnce = 64;

interface ServerState {
  url: string;
  health: ServerHealth;
  limit: AdaptiveLimit;
  inFlight: number;
}

interface WaitingRequest {
  since: number;
  isSent: boolean;
  proceed(turn: RequestTurn): void;
  fail(error: Error): void;
}

/** The requests of one endpoint. */
interface Queue {
  servers: ServerState[];
  share: Share;
  outage: number;
  inFlight: number;
  waiting: Set<WaitingRequest>;
  ended: Error | null;
}

/** A gate to servers of which nothing bad is known. */
export function createGate({ shareOf, pauses }: GateOptions): Gate {
  const queues = new Set<Queue>();
  let inFlight = 0;
  let given = 0;
  let timer: NodeJS.Timeout | undefined;

  /** Gives turns to those who wait, and comes back when the next server may be tried or the wait has been too long. */
  const serve = (): void => {
    clearTimeout(timer);
    for (let next = canSend() && nextOf(queues); next; next = canSend() && nextOf(queues)) proceed(next);
    let again = Infinity;
    for (const queue of queues) if (queue.waiting.size > 0) again = Math.min(again, wait(queue));
    if (again < Infinity) timer = setTimeout(serve, Math.max(0, again - Date.now()));
  };

  const share = shareOf({
    load: () => ({ inFlight, waiting: [...queues].reduce((sum, { waiting }) => sum + waiting.size, 0) }),
    onMore: serve,
  });

  const canSend = (): boolean => given < givenAtOnce && inFlight < share.now();

  /** Counts a turn that is given. After many, other work of this process has its turn first. */
  const countGiven = (): void => {
    given += 1;
    if (given > 1) return;
    setImmediate(() => {
      const isCut = given === givenAtOnce;
      given = 0;
      if (isCut) serve();
    });
  };

  const serverAt = (url: string): ServerState => {
    const known = [...queues].flatMap(({ servers }) => servers).find((each) => each.url === url);
    return known ?? { url, health: createServerHealth(url, pauses), limit: createAdaptiveLimit(() => share.now()), inFlight: 0 };
  };

  const proceed = ({ queue, server, request }: NextTurn): void => {
    queue.waiting.delete(request);
    countGiven();
    request.proceed(turnAt(queue, server));
  };

  const turnAt = (queue: Queue, server: ServerState): RequestTurn => {
    const { url, health, limit } = server;
    const isTrial = health.sent();
    const count = (change: 1 | -1): void => {
      inFlight += change;
      queue.inFlight += change;
      server.inFlight += change;
    };
    count(1);
    const leave = (): void => {
      count(-1);
      serve();
    };
    return {
      server: url,
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

  /** Fails those who have waited too long. Returns when to look again, milliseconds since the epoch. */
  const wait = (queue: Queue): number => {
    const trouble = troubleOfAll(queue);
    const now = Date.now();
    const end = trouble === null ? Infinity : trouble.since + queue.outage;
    const openings = queue.servers.map(({ health }) => health.opensAt());
    if (trouble === null || end > now || openings.includes(Infinity)) return Math.min(...[end, ...openings].filter((at) => at > now));
    giveUp(queue, trouble);
    return Infinity;
  };

  /** Whether a request waits for one of these servers, of whichever endpoint, that was never sent. */
  const isUnsentWaiting = (servers: ServerState[]): boolean => {
    const sharing = [...queues].filter((queue) => queue.servers.some((server) => servers.includes(server)));
    return sharing.some(({ waiting }) => [...waiting].some(({ isSent }) => !isSent));
  };

  /** Fails all who have waited for a server in vain. Of those who came later, one finds out whether that is over. */
  const giveUp = (queue: Queue, trouble: Trouble): void => {
    if (isUnsentWaiting(queue.servers)) for (const { health } of queue.servers) health.clearRequests();
    const failing = [...queue.waiting].filter(({ since }) => since <= trouble.last);
    failAll(queue, new Outage(trouble), failing);
    const [request] = queue.waiting;
    const server = queue.servers.find((each) => each.inFlight < each.limit.now());
    if (request && server && canSend() && queue.inFlight < queue.share.now()) proceed({ queue, server, request });
  };

  return {
    open({ urls, outage, shareOf: ownShareOf }) {
      const queue: Queue = { servers: urls.map(serverAt), share: unlimited, outage, inFlight: 0, waiting: new Set(), ended: null };
      queue.share = ownShareOf?.({ load: () => ({ inFlight: queue.inFlight, waiting: queue.waiting.size }), onMore: serve }) ?? unlimited;
      queues.add(queue);
      return {
        take(request) {
          const turn = enqueue(queue, request);
          share.want();
          queue.share.want();
          serve();
          return turn;
        },
        trouble: () => troubleOfAll(queue),
        setServers(now) {
          queue.servers = now.map(serverAt);
          serve();
        },
        end(error) {
          queue.ended ??= error;
          queues.delete(queue);
          failAll(queue, queue.ended);
        },
      };
    },
  };
}

const unlimited: Share = { now: () => Infinity, want: () => undefined };

/** Puts a request in its queue. */
function enqueue({ waiting, ended }: Queue, { signal, since, isSent }: Parameters<Turns['take']>[0]): Promise<RequestTurn> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  if (ended) return Promise.reject(ended);
  const { promise, resolve, reject } = Promise.withResolvers<RequestTurn>();
  const leaveQueue = (): void => {
    waiting.delete(entry);
    reject(signal.reason as Error);
  };
  const unfollow = onAbort(signal, leaveQueue);
  const entry: WaitingRequest = {
    since,
    isSent,
    proceed(turn) {
      unfollow();
      resolve(turn);
    },
    fail(error) {
      unfollow();
      reject(error);
    },
  };
  waiting.add(entry);
  return promise;
}

function failAll({ waiting }: Queue, error: Error, requests = [...waiting]): void {
  for (const request of requests) waiting.delete(request);
  for (const { fail } of requests) fail(error);
}

function troubleOfAll({ servers }: Queue): Trouble | null {
  const troubles = servers.map(({ health }) => health.trouble());
  return troubles.reduce((latest, each) => (latest && each && each.since > latest.since ? each : each && latest), troubles[0] ?? null);
}

interface NextTurn {
  queue: Queue;
  server: ServerState;
  request: WaitingRequest;
}

/** Whose turn it is: of the endpoints that can send a request, that with the fewest in flight, at its least busy server. */
function nextOf(queues: Set<Queue>): NextTurn | undefined {
  let best: NextTurn | undefined;
  for (const queue of queues) {
    const [request] = queue.waiting;
    if (!request || queue.inFlight >= queue.share.now() || (best && best.queue.inFlight <= queue.inFlight)) continue;
    const server = freeServer(queue.servers);
    if (server) best = { queue, server, request };
  }
  return best;
}

/** The least busy server that may be asked now. */
function freeServer(servers: ServerState[]): ServerState | undefined {
  const free = servers.filter(({ inFlight, limit, health }) => inFlight < limit.now() && health.opensAt() <= Date.now());
  return free.reduce<ServerState | undefined>((best, each) => (best && best.inFlight <= each.inFlight ? best : each), undefined);
}
