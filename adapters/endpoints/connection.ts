import { Agent, EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { classified } from '../../ports/failure.ts';
import { BrokenAnswer } from './no-answer.ts';

/** A reply of an endpoint, whatever its status. */
export interface Reply {
  status: number;
  /** By name in lower case. */
  headers: { [name: string]: string | string[] | undefined };
  text: string;
}

export interface Connection {
  /** Sends JSON, or a GET request without it. Rejects with the signal's reason if that aborts. */
  send(path: string, options: { json?: object; signal: AbortSignal }): Promise<Reply>;
  /** Ends them at once. */
  close(): Promise<void>;
  /** Ends them when the requests that are under way have ended. */
  finish(): Promise<void>;
}

const largestAnswer = 16 * 1024 * 1024;
const largestError = 64 * 1024;

/**
 * Pooled connections to one endpoint, through the proxy in HTTPS_PROXY, HTTP_PROXY and NO_PROXY; this machine is reached without a
 * proxy.
 */
export function connect(options: { name: string; url: string; key?: string | undefined }): Connection {
  const { url, key } = options;
  const dispatcher = dispatcherFor(options);
  const headers = { accept: 'application/json', 'user-agent': 'codepmp', ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  return {
    async send(path, { json, signal }) {
      const { statusCode, headers: received, body } = await request(`${url}${path}`, {
        dispatcher,
        signal,
        ...(json === undefined
          ? { method: 'GET', headers }
          : { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(json) }),
      });
      return { status: statusCode, headers: received, text: await textOf(body, statusCode === 200) };
    },
    close: () => dispatcher.destroy(),
    finish: () => dispatcher.close(),
  };
}

function dispatcherFor({ name, url }: { name: string; url: string }): Dispatcher {
  const settings: Agent.Options = { headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 10_000 };
  if (isThisMachine(new URL(url).hostname)) return new Agent(settings);
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

/** The text of a body. For a large error its beginning is enough; an answer must be complete. */
async function textOf(body: Dispatcher.ResponseData['body'], isAnswer: boolean): Promise<string> {
  const most = isAnswer ? largestAnswer : largestError;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size > most && isAnswer) throw new BrokenAnswer(`it has more than ${largestAnswer / 2 ** 20} MB`);
    if (size > most) break;
  }
  return Buffer.concat(parts).subarray(0, most).toString();
}
