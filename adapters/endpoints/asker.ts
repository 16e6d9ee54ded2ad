import { isDeepStrictEqual } from 'node:util';
import type { Endpoint } from '../../ports/configuration.ts';
import type { Answer, CompletionRequest } from '../../ports/endpoint.ts';
import { readAnswer } from './answer.ts';
import { connect, type Connection } from './connection.ts';
import type { Credentials } from './credentials.ts';
import type { Dialect } from './dialect.ts';
import { readFailure } from './failure.ts';
import { Refusal } from './no-answer.ts';
import { reasonOfItem } from './refused-items.ts';

export interface AskerOptions {
  /** Name in the operator's configuration, for messages. */
  name: string;
  endpoint: Pick<Endpoint, 'model' | 'stop_reasons' | 'too_long' | 'timeout'>;
  /** Default: none. */
  credentials?: Credentials | undefined;
  /** Reads them again. Default: they stay as they are. */
  readAgain?: (() => Promise<Credentials>) | undefined;
  /** Shared by all clients of the endpoint. */
  dialect: Dialect;
  /** Whether its servers are reached without a proxy. Default: those on this machine are. */
  isDirect?: boolean | undefined;
  /** Called once for each peculiarity of the endpoint that is learned. */
  warn?: ((line: string) => void) | undefined;
}

export interface Asker {
  /**
   * Asks the server at a base URL, which ends in `/v1`, once, and again in another form if it refuses the form of the request, or with
   * other credentials if it refuses these and others are to be had.
   */
  ask(url: string, request: CompletionRequest): Promise<Answer>;
  /** The servers from now on; connections to others end when their requests have ended. */
  setServers(urls: string[]): void;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Connections to the servers of an endpoint. */
export function createAsker(options: AskerOptions): Asker {
  const { name, dialect, warn, readAgain, isDirect } = options;
  let { credentials = { headers: {}, secrets: [] } } = options;
  const { model, stop_reasons: stopReasons = [], too_long: tooLong = [], timeout } = options.endpoint;
  const connections = new Map<string, Connection>();
  const connectionTo = (url: string): Connection => {
    const connection = connections.get(url) ?? connect({ name, url, isDirect });
    connections.set(url, connection);
    return connection;
  };

  /** Whether there are other credentials than those that a refused request had, once they were read again. */
  const isRenewed = async (refusal: Refusal, used: Credentials): Promise<boolean> => {
    const failure = readFailure(refusal);
    if (failure.class !== 'auth' || failure.kind !== 'endpoint') return false;
    const read = credentials === used ? await readAgain?.().catch(() => used) : undefined;
    if (read && credentials === used && !isDeepStrictEqual(read.headers, used.headers)) credentials = read;
    return credentials !== used;
  };

  const ask: Asker['ask'] = async (url, request) => {
    const used = credentials;
    const { headers, secrets } = used;
    const json = dialect.bodyOf(request, model);
    const path = 'prompt' in request.input ? '/completions' : '/chat/completions';
    try {
      const connection = connectionTo(url);
      const reply = await connection.send(path, { json, headers, signal: request.signal, timeout: timeout * 1000 });
      return readAnswer(reply, { model, stopReasons, secrets });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const reason = reasonOfItem(error, tooLong);
      if (reason !== null) return { text: '', finish_reason: reason, usage: null, model };
      if (await isRenewed(error, used)) return ask(url, request);
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
