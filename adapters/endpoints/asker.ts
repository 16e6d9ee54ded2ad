import { isDeepStrictEqual } from 'node:util';
import type { Endpoint } from '../../ports/configuration.ts';
import type { Answer, CompletionRequest } from '../../ports/endpoint.ts';
import { readAnswer } from './answer.ts';
import { connect, type Connection } from './connection.ts';
import type { Credentials } from './credentials.ts';
import type { Dialect } from './dialect.ts';
import { Refusal } from './no-answer.ts';
import { reasonOfItem } from './refused-items.ts';

export interface AskerOptions {
  /** Name in the operator's configuration, for messages. */
  name: string;
  endpoint: Pick<Endpoint, 'model' | 'stop_reasons' | 'too_long' | 'timeout'>;
  /** Default: none. */
  credentials?: Credentials | undefined;
  /** Shared by all clients of the endpoint. */
  dialect: Dialect;
  /** Called once for each peculiarity of the endpoint that is learned. */
  warn?: ((line: string) => void) | undefined;
}

export interface Asker {
  /** Asks the server at a base URL, which ends in `/v1`, once, and again in another form if it refuses the form of the request. */
  ask(url: string, request: CompletionRequest): Promise<Answer>;
  /** The servers from now on; connections to others end when their requests have ended. */
  setServers(urls: string[]): void;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Connections to the servers of an endpoint. */
export function createAsker(options: AskerOptions): Asker {
  const { name, credentials: { headers, secrets } = { headers: {}, secrets: [] }, dialect, warn } = options;
  const { model, stop_reasons: stopReasons = [], too_long: tooLong = [], timeout } = options.endpoint;
  const connections = new Map<string, Connection>();
  const connectionTo = (url: string): Connection => {
    const connection = connections.get(url) ?? connect({ name, url, headers });
    connections.set(url, connection);
    return connection;
  };

  const ask: Asker['ask'] = async (url, request) => {
    const json = dialect.bodyOf(request, model);
    const path = 'prompt' in request.input ? '/completions' : '/chat/completions';
    try {
      const connection = connectionTo(url);
      const reply = await connection.send(path, { json, signal: request.signal, timeout: timeout * 1000 });
      return readAnswer(reply, { model, stopReasons, secrets });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const reason = reasonOfItem(error, tooLong);
      if (reason !== null) return { text: '', finish_reason: reason, usage: null, model };
      if (!isDeepStrictEqual(dialect.bodyOf(request, model), json)) return ask(url, request);
      const learned = dialect.learn(error, json);
      if (learned === null) throw error;
      warn?.(`endpoint ${name} at ${url} ${learned}`);
      return ask(url, request);
    }
  };

  return {
    ask,
    setServers(urls) {
      urls.forEach(connectionTo);
      for (const [url, connection] of connections)
        if (!urls.includes(url) && connections.delete(url)) void connection.finish().catch(() => undefined);
    },
    close: async () => {
      await Promise.all([...connections.values()].map((connection) => connection.close()));
    },
  };
}
