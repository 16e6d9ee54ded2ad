import type { EndpointFailure } from './failure.ts';

/** Why a server is left alone for a while. */
export interface Trouble {
  /** When it began, milliseconds since the epoch. */
  since: number;
  /** When it last showed, by `performance.now`, which tells events of one millisecond apart. */
  last: number;
  /** Base URL of the server. */
  url: string;
  /** The last failure. */
  failure: EndpointFailure;
  /** Whether no request is to blame, since some that were never sent waited in vain. */
  isOfServer: boolean;
}

/** Pauses that double from `first` up to `most`, milliseconds. */
export interface Pauses {
  first: number;
  most: number;
}

/** Whether one server can be asked: a circuit breaker. While it is in trouble, one request at a time finds out whether that is over. */
export interface ServerHealth {
  trouble(): Trouble | null;
  /** When the next request may be sent, milliseconds since the epoch; Infinity while one finds out whether the trouble is over. */
  opensAt(): number;
  /** A request is sent. True if it finds out whether the trouble is over. */
  sent(): boolean;
  /** The server has replied, even if it refused a request. */
  replied(): void;
  /** A request failed in a way that may pass. Equal `by` are the same request. */
  failed(failure: EndpointFailure, request: { by: object; isTrial: boolean }): void;
  /** A trial ended without a result, because its request was not wanted any more. */
  trialDropped(): void;
  /** No request is to blame for this trouble: some that were never sent waited in vain. */
  clearRequests(): void;
}

/** Different requests that fail without a reply between them before the server counts as in trouble. */
const alarming = 3;

/** The health of a server of which nothing bad is known. */
export function createServerHealth(url: string, pauses: Pauses): ServerHealth {
  const failing = new Set<object>();
  let trouble: Trouble | null = null;
  let pause = pauses.first;
  let next = 0;
  let isOnTrial = false;

  return {
    trouble: () => trouble,
    opensAt: () => (trouble === null ? 0 : isOnTrial ? Infinity : next),
    sent() {
      isOnTrial = trouble !== null;
      return isOnTrial;
    },
    replied() {
      failing.clear();
      trouble = null;
      isOnTrial = false;
      pause = pauses.first;
    },
    failed(failure, { by, isTrial }) {
      failing.add(by);
      const isNew = trouble === null && (failure.kind === 'unreachable' || failing.size >= alarming);
      if (!isNew && !isTrial) return;
      const { since = Date.now(), isOfServer = false } = trouble ?? {};
      trouble = { since, last: performance.now(), url, failure, isOfServer };
      isOnTrial = false;
      next = Date.now() + Math.max(pause, failure.retryAfter ?? 0);
      pause = Math.min(pauses.most, 2 * pause);
    },
    trialDropped() {
      isOnTrial = false;
    },
    clearRequests() {
      if (trouble) trouble.isOfServer = true;
    },
  };
}
