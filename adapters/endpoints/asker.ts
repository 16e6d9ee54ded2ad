import { isDeepStrictEqual } from 'node:util';
import type { Endpoint } from '../../ports/configuration.ts';
import type { Answer, CompletionRequest } from '../../ports/endpoint.ts';
import { readAnswer } from './answer.ts';
import { connect } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { Refusal } from './no-answer.ts';
import { reasonOfItem } from './refused-items.ts';

export interface AskerOptions {
  /** Name in the operator's configuration, for messages. */
  name: string;
  /** Base URLs of the servers, which end in `/v1`. */
  urls: string[];
  endpoint: Pick<Endpoint, 'model' | 'stop_reasons' | 'too_long' | 'timeout'>;
  key?: string | undefined;
  /** Shared by all clients of the endpoint. */
  dialect: Dialect;
  /** Called once for each peculiarity of the endpoint that is learned. */
  warn?: ((line: string) => void) | undefined;
}

export interface Asker {
  /** Asks a server once, and again in another form if it refuses the form of the request. */
  ask(server: number, request: CompletionRequest): Promise<Answer>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Connections to the servers of an endpoint. */
export function createAsker(options: AskerOptions): Asker {
  const { name, urls, key, dialect, warn } = options;
  const { model, stop_reasons: stopReasons = [], too_long: tooLong = [], timeout } = options.endpoint;
  const connections = urls.map((url) => connect({ name, url, key }));

  const ask: Asker['ask'] = async (server, request) => {
    const json = dialect.bodyOf(request, model);
    const path = 'prompt' in request.input ? '/completions' : '/chat/completions';
    try {
      const connection = connections[server];
      if (!connection) throw new Error(`endpoint ${name} has no server ${server}`);
      const reply = await within(timeout * 1000, request.signal, (signal) => connection.send(path, { json, signal }));
      return readAnswer(reply, { model, stopReasons, key });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const reason = reasonOfItem(error, tooLong);
      if (reason !== null) return { text: '', finish_reason: reason, usage: null, model };
      if (!isDeepStrictEqual(dialect.bodyOf(request, model), json)) return ask(server, request);
      const learned = dialect.learn(error, json);
      if (learned === null) throw error;
      warn?.(`endpoint ${name} at ${urls[server]} ${learned}`);
      return ask(server, request);
    }
  };

  return {
    ask,
    close: async () => {
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
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
