import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { classified } from '../../ports/failure.ts';
import type { Credentials } from './credentials.ts';
import { BrokenAnswer } from './no-answer.ts';
import { onAbort } from './on-abort.ts';

/** A reply of an endpoint, whatever its status. */
export interface Reply {
  status: number;
  /** By name in lower case. */
  headers: { [name: string]: string | string[] | undefined };
  text: string;
}

interface SendOptions {
  /** Sent besides those of each request. Default: none. */
  headers?: Credentials['headers'] | undefined;
  /** Sent as the body of a POST request. Default: none, and a GET request. */
  json?: object;
  signal: AbortSignal;
  /** Milliseconds for the whole reply. Default: no limit. */
  timeout?: number;
}

export interface Connection {
  /** Sends a request. Rejects with the signal's reason if that aborts, and with a `TimeoutError` if the reply takes too long. */
  send(path: string, options: SendOptions): Promise<Reply>;
  /** Ends them at once. */
  close(): Promise<void>;
  /** Ends them when the requests that are under way have ended. */
  finish(): Promise<void>;
}

const largestAnswer = 16 * 1024 * 1024;
const largestError = 64 * 1024;

interface ConnectOptions {
  /** Of the endpoint, for messages. */
  name: string;
  url: string;
  /** Whether no proxy stands before it. Default: only where it is on this machine. */
  isDirect?: boolean | undefined;
}

/** Pooled connections to one endpoint, through the proxy in HTTPS_PROXY, HTTP_PROXY and NO_PROXY unless it is reached directly. */
export function connect(options: ConnectOptions): Connection {
  const { url } = options;
  const dispatcher = dispatcherFor(options);
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/$/, '');
  return {
    send(path, { json, headers: further, ...limits }) {
      const headers = { accept: 'application/json', 'user-agent': 'codepmp', ...further };
      const request = { origin, path: `${base}${path}` };
      if (json === undefined) return exchange(dispatcher, { ...request, method: 'GET', headers }, limits);
      const posting = { ...headers, 'content-type': 'application/json' };
      return exchange(dispatcher, { ...request, method: 'POST', headers: posting, body: JSON.stringify(json) }, limits);
    },
    close: () => dispatcher.destroy(),
    finish: () => dispatcher.close(),
  };
}

function dispatcherFor({ name, url, isDirect = isThisMachine(new URL(url).hostname) }: ConnectOptions): Dispatcher {
  const settings: Agent.Options = { headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 10_000 };
  if (isDirect) return new Agent(settings);
  try {
    return new EnvHttpProxyAgent(settings);
  } catch (cause) {
    throw classified('invalid', `endpoint ${name}: the proxy in HTTPS_PROXY or HTTP_PROXY cannot be used. Write it as http://HOST:PORT`, {
      cause,
    });
  }
}

function isThisMachine(host: string): boolean {
  return /^(?:(?:.+\.)?localhost|127\.[\d.]+|\[::1\])$/.test(host);
}

/** Sends a request and collects its reply. Without a stream for the body, a call takes three quarters of the CPU. */
async function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { signal, timeout }: Omit<SendOptions, 'json' | 'headers'>,
): Promise<Reply> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  let left: Error | null = null;
  let controller: Dispatcher.DispatchController | null = null;
  const leave = (reason: Error): void => {
    left = reason;
    reject(reason);
    controller?.abort(reason);
  };
  const late = (): void => leave(new DOMException('too late', 'TimeoutError'));
  const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
  const unfollow = onAbort(signal, () => leave(signal.reason as Error));
  const reply: Reply = { status: 0, headers: {}, text: '' };
  const body = createBody();
  dispatcher.dispatch(request, {
    onRequestStart(started) {
      controller = started;
      if (left) started.abort(left);
    },
    onResponseStart(_, status, headers) {
      Object.assign(reply, { status, headers });
    },
    onResponseData(_, part) {
      body.add(part);
      const isAnswer = reply.status === 200;
      if (body.size() <= (isAnswer ? largestAnswer : largestError)) return;
      if (isAnswer) return leave(new BrokenAnswer(`it has more than ${largestAnswer / 2 ** 20} MB`));
      // The beginning of an error is enough.
      resolve({ ...reply, text: body.text(largestError) });
      leave(new Error('the rest is not needed'));
    },
    onResponseEnd: () => resolve({ ...reply, text: body.text(largestAnswer) }),
    onResponseError: (_, error) => reject(error),
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    unfollow();
  }
}

function createBody() {
  const parts: Buffer[] = [];
  let size = 0;
  return {
    size: () => size,
    add(part: Buffer): void {
      parts.push(part);
      size += part.length;
    },
    text(most: number): string {
      const [only] = parts;
      return (only && parts.length === 1 ? only : Buffer.concat(parts)).toString('utf8', 0, Math.min(size, most));
    },
  };
}
