import type { FailureClass } from '../../plan/index.ts';
import { BrokenAnswer, Refusal, WebPage } from './no-answer.ts';
import { printable } from './refusal.ts';

/** What the failure of one request means, and the message. */
export interface EndpointFailure {
  class: FailureClass;
  /**
   * `endpoint`: every request would fail; `request`: this one is refused, the others can still be asked. The others may pass:
   * `try` was the failure of one try, `busy` a refusal of a server that has too much to do, `unreachable` that there is no server.
   */
  kind: 'endpoint' | 'request' | 'try' | 'busy' | 'unreachable';
  /** It shows that the server has too much to do. */
  isOverload?: boolean;
  what: string;
  /** The next action for the reader. */
  next: string;
  /** How long the endpoint asked to wait, milliseconds. */
  retryAfter?: number | undefined;
}

/** Statuses of a refusal that may be about the one request. */
const ofRequest = [400, 413, 415, 422, 424, 451];

/** Reads the failure of one request. */
export function readFailure(error: unknown): EndpointFailure {
  if (error instanceof Refusal) return readStatus(error);
  if (error instanceof WebPage)
    return {
      class: 'invalid',
      kind: 'endpoint',
      what: `answered with ${printable(error.message)}`,
      next: 'correct the url in codepmp.config.yaml: it usually ends in /v1',
    };
  if (error instanceof BrokenAnswer || error instanceof SyntaxError)
    return {
      class: 'unavailable',
      kind: 'try',
      what: `sent a broken answer: ${printable(error.message)}`,
      next: 'look at the log of the server or of a proxy before it',
    };
  if (error instanceof Error && error.name === 'TimeoutError')
    return {
      class: 'unavailable',
      kind: 'try',
      isOverload: true,
      what: 'did not answer in time',
      next: 'check its load, raise timeout of this endpoint in codepmp.config.yaml, or ask for fewer tokens',
    };
  return readConnection(error);
}

function readStatus({ status, isInside, code, message, isPage, retryAfter }: Refusal): EndpointFailure {
  const what = `answered ${isInside ? `200 with the error ${status} inside` : status}${message === '' ? '' : `: ${message}`}`;
  if (status === 403 && isPage) {
    const next = 'a firewall before the server refuses the prompt or this machine: ask whoever runs it';
    return { class: 'auth', kind: 'request', what, next };
  }
  if (status === 401 || status === 403)
    return { class: 'auth', kind: 'endpoint', what, next: 'check the key of this endpoint in codepmp.config.yaml and the rights it has' };
  if (status === 402 || (status === 429 && code.includes('insufficient_quota')))
    return {
      class: 'auth',
      kind: 'endpoint',
      what,
      next: 'the account of this endpoint is spent: add credit, or give another key in codepmp.config.yaml',
    };
  if (status === 429)
    return {
      class: 'rate-limited',
      kind: 'busy',
      isOverload: true,
      what,
      retryAfter,
      next: 'lower the concurrency of this endpoint in codepmp.config.yaml, or raise its limit',
    };
  if (status === 408 || status === 409 || status >= 500) {
    const isOverload = status === 503;
    const kind = isOverload ? 'busy' : 'try';
    return { class: 'unavailable', kind, isOverload, what, retryAfter, next: 'look at the log of the server' };
  }
  const kind = ofRequest.includes(status) ? 'request' : 'endpoint';
  return { class: 'invalid', kind, what, next: 'check the model name, the URL (it ends in /v1) and the sampling settings' };
}

/** Codes of errors that say that there is no way to the server now. */
const noServer = ['EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'];

function readConnection(error: unknown): EndpointFailure {
  const { code, message } = innermost(error);
  if (code === 'ECONNREFUSED')
    return {
      class: 'unavailable',
      kind: 'unreachable',
      what: 'refused the connection',
      next: 'start the server, or correct the url in codepmp.config.yaml',
    };
  if (code === 'ENOTFOUND')
    return {
      class: 'unavailable',
      kind: 'unreachable',
      what: 'has a host name that is not known',
      next: 'correct the url in codepmp.config.yaml',
    };
  const detail = code === null || code.startsWith('UND_') ? printable(message) : code;
  if (code !== null && noServer.includes(code))
    return {
      class: 'unavailable',
      kind: 'unreachable',
      what: `cannot be reached (${code})`,
      next: 'check the network, and the url in codepmp.config.yaml',
    };
  return { class: 'unavailable', kind: 'try', what: `broke the connection (${detail})`, next: 'look at the log of the server' };
}

/** The first error of a chain of causes that has a system error code. */
function innermost(error: unknown): { code: string | null; message: string } {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof AggregateError && at.errors[0] instanceof Error) return innermost(at.errors[0]);
    if ('code' in at && typeof at.code === 'string') return { code: at.code, message: at.message };
  }
  return { code: null, message: error instanceof Error ? error.message : String(error) };
}
