import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Endpoint } from '../../ports/configuration.ts';
import type { Answer, CompletionRequest, EndpointClient } from '../../ports/endpoint.ts';
import { classified } from '../../ports/failure.ts';
import { readAnswer } from './answer.ts';
import { connect } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { readFailure, type EndpointFailure } from './failure.ts';
import type { Limiter } from './limiter.ts';
import { Refusal } from './no-answer.ts';
import { reasonOfItem } from './refused-items.ts';

export interface EndpointClientOptions {
  /** Name in the operator's configuration, for messages. */
  name: string;
  /** Base URL that ends in `/v1`. */
  url: string;
  endpoint: Pick<Endpoint, 'model' | 'stop_reasons' | 'too_long'>;
  key?: string | undefined;
  /** Shared by all clients of the endpoint. */
  limiter: Limiter;
  /** Shared by all clients of the endpoint. */
  dialect: Dialect;
  /** Called once for each peculiarity of the endpoint that is learned. */
  warn?: ((line: string) => void) | undefined;
  /** Milliseconds for one request, all of it. Default 600,000. */
  timeout?: number | undefined;
  retry?: RetryPolicy | undefined;
}

/** How temporary errors are retried within one call: waits double from `first` up to `most`, with jitter. */
export interface RetryPolicy {
  /** Requests in all. Default 5. */
  tries: number;
  /** Milliseconds. Default 500. */
  first: number;
  /** Milliseconds; a longer Retry-After is left to the caller. Default 60,000. */
  most: number;
}

/** A client of one OpenAI-compatible endpoint. `close` ends its connections. */
export function openEndpointClient(options: EndpointClientOptions): EndpointClient & { close(): Promise<void> } {
  const { limiter, retry = { tries: 5, first: 500, most: 60_000 } } = options;
  const { ask, close } = createAsker(options);

  const askPatiently = async (request: CompletionRequest): Promise<Answer> => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await ask(request);
      } catch (error) {
        request.signal.throwIfAborted();
        const failure = readFailure(error);
        const wait = failure.retryAfter ?? Math.min(retry.most, retry.first * 2 ** (tried - 1)) * (0.5 + Math.random() / 2);
        if (!failure.again || tried >= retry.tries || wait > retry.most) throw asError({ failure, tried, options, cause: error });
        await sleep(wait, undefined, { signal: request.signal }).catch(() => request.signal.throwIfAborted());
      }
    }
  };

  return { complete: (request) => limiter.run(request.signal, () => askPatiently(request)), close };
}

/** Asks once, and again in another form if the endpoint refuses the form of the request. */
function createAsker(options: EndpointClientOptions): { ask(request: CompletionRequest): Promise<Answer>; close(): Promise<void> } {
  const { name, url, key, dialect, warn, timeout = 600_000 } = options;
  const { model, stop_reasons: stopReasons = [], too_long: tooLong = [] } = options.endpoint;
  const connection = connect(options);

  const ask = async (request: CompletionRequest): Promise<Answer> => {
    const json = dialect.bodyOf(request, model);
    const path = 'prompt' in request.input ? '/completions' : '/chat/completions';
    try {
      const reply = await within(timeout, request.signal, (signal) => connection.send(path, { json, signal }));
      return readAnswer(reply, { model, stopReasons, key });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const reason = reasonOfItem(error, tooLong);
      if (reason !== null) return { text: '', finish_reason: reason, usage: null, model };
      if (!isDeepStrictEqual(dialect.bodyOf(request, model), json)) return ask(request);
      const learned = dialect.learn(error, json);
      if (learned === null) throw error;
      warn?.(`endpoint ${name} at ${url} ${learned}`);
      return ask(request);
    }
  };

  return { ask, close: () => connection.close() };
}

/**
 * Runs work that is ended by a signal, or with a `TimeoutError` after a number of milliseconds. It removes its listener from the signal,
 * which is shared by millions of requests.
 */
async function within<T>(milliseconds: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(new DOMException('too late', 'TimeoutError')), milliseconds);
  const follow = (): void => own.abort(signal.reason);
  signal.addEventListener('abort', follow, { once: true });
  try {
    return await work(own.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', follow);
  }
}

function asError(context: { failure: EndpointFailure; tried: number; options: EndpointClientOptions; cause: unknown }): Error {
  const { failure, tried, options, cause } = context;
  const times = tried > 1 ? ` (asked ${tried} times)` : '';
  const message = `endpoint ${options.name} at ${options.url} ${failure.what}${times}; ${failure.next}`;
  return classified(failure.class, message, { name: 'EndpointFailure', retryAfter: failure.retryAfter, cause });
}
