import type { ModelInput, ModelUse } from '../plan/index.ts';
import type { ClassifiedError } from './failure.ts';

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  /** Those of `completion_tokens` that went into thoughts which are not in the text; left out: none, or not known. */
  reasoning_tokens?: number;
}

/** The answer of a model. The caller decides whether it counts as complete (finish reason, empty text). */
export interface Answer {
  text: string;
  /**
   * `stop` and `length` whatever word the server has for them; `prompt_too_long` or `content_filter` where it refuses the prompt;
   * `unanswered` or `rejected` where every try failed or the endpoint refused the request; else its own word.
   */
  finish_reason: string;
  usage: Usage | null;
  model: string;
}

export interface CompletionRequest {
  input: ModelInput;
  sampling: ModelUse['sampling'];
  stop: string[];
  seed: number;
  signal: AbortSignal;
  /**
   * Ends it too, but no try that was sent. Whoever gives this hears of an answer before its turn goes to another request. Aborts with
   * `signal`; left out: that alone ends it.
   */
  unsent?: AbortSignal | undefined;
  /** Told of each try that was sent and brought no reply: it ran out of time, broke off or was ended, and may have to be paid for. */
  onLost?: () => void;
}

/** One endpoint and model. All endpoints of a server, and all workers, share its limit of requests in flight. */
export interface EndpointClient {
  /**
   * Returns an answer, or throws a ClassifiedError. What may pass is tried again first: trouble of the endpoint for as long as its
   * `outage` says, the failure of one request as often as its `tries` says, and where the server was busy, until its pauses come to
   * `outage`. Time in which it waits for its turn does not count. If only this request failed, the error is an `ItemFailure`. A prompt that
   * is too long, or that a filter refuses, comes back as an answer without text. An abort ends the request at once and rejects with the
   * signal's reason.
   */
  complete(request: CompletionRequest): Promise<Answer>;
  /** The trouble that is being waited out, on one line; null: none. */
  trouble(): string | null;
}

/** The failure of one request; others may still be answered. `rejected`: the endpoint refused it; `unanswered`: every try failed. */
export interface ItemFailure extends ClassifiedError {
  readonly item: 'rejected' | 'unanswered';
  /** What the endpoint did, and how often or how long it was asked, for example `answered 500: out of memory (asked 5 times)`. */
  readonly why: string;
}

/** Endpoints of the operator's configuration, ready to be asked; servers we run ourselves are started on demand. */
export interface ModelServers {
  /** Throws a ClassifiedError when the endpoint is unknown, its weights are missing or its server does not start. */
  acquire(endpoint: string, options?: { signal?: AbortSignal }): Promise<AcquiredEndpoint>;
  /** Stops every server nobody holds now, without waiting for its linger time, and verifies that it is gone. */
  stopIdle(): Promise<void>;
  /** Stops every server. */
  stop(): Promise<void>;
}

export interface AcquiredEndpoint {
  /** Base URL that ends in `/v1`. */
  url: string;
  client: EndpointClient;
  /** Releases the endpoint; a server without users stops after a while (15 s by default). Releasing again has no effect. */
  release(): void;
}

/** Requests that endpoints may have in flight, which an operator may change at any time. */
export interface RequestLimits {
  /** Of one endpoint, all workers together. */
  of(endpoint: string): number;
  /** Takes part in a limit that all workers keep together. */
  shareOf(limit: SharedLimit): Share;
}

/** A limit that all workers keep together: the largest of its endpoints. */
export interface SharedLimit extends ShareUser {
  /** Equal in all workers. */
  id: string;
  endpoints: readonly string[];
}

export interface ShareUser {
  /** Its requests, now. */
  load(): { inFlight: number; waiting: number };
  /** Called when more may be in flight than before. */
  onMore(): void;
}

/** What a worker may have in flight of a limit that it shares with others. */
export interface Share {
  now(): number;
  /** A request waits. A worker leaves its share to others when it has had no request for some seconds. */
  want(): void;
}
