import type { FailureClass } from '../../plan/index.ts';
import { BrokenAnswer, Refusal, WebPage } from './no-answer.ts';
import { printable } from './refusal.ts';

/** What the failure of one request means: its class, whether a retry may help, and the message. */
export interface EndpointFailure {
  class: FailureClass;
  again: boolean;
  what: string;
  /** The next action for the reader. */
  next: string;
  /** How long the endpoint asked to wait, milliseconds. */
  retryAfter?: number | undefined;
}

/** Reads the failure of one request. */
export function readFailure(error: unknown): EndpointFailure {
  if (error instanceof Refusal) return readStatus(error);
  if (error instanceof WebPage)
    return {
      class: 'invalid',
      again: false,
      what: `answered with ${printable(error.message)}`,
      next: 'correct the url in codepmp.config.yaml: it usually ends in /v1',
    };
  if (error instanceof BrokenAnswer || error instanceof SyntaxError)
    return {
      class: 'unavailable',
      again: true,
      what: `sent a broken answer: ${printable(error.message)}`,
      next: 'look at the log of the server or of a proxy before it',
    };
  if (error instanceof Error && error.name === 'TimeoutError')
    return { class: 'unavailable', again: true, what: 'did not answer in time', next: 'check its load, or ask for fewer tokens' };
  return readConnection(error);
}

function readStatus({ status, isInside, code, message, retryAfter }: Refusal): EndpointFailure {
  const what = `answered ${isInside ? `200 with the error ${status} inside` : status}${message === '' ? '' : `: ${message}`}`;
  if (status === 401 || status === 403)
    return { class: 'auth', again: false, what, next: 'check the key of this endpoint in codepmp.config.yaml and the rights it has' };
  if (status === 402 || (status === 429 && code.includes('insufficient_quota')))
    return {
      class: 'auth',
      again: false,
      what,
      next: 'the account of this endpoint is spent: add credit, or give another key in codepmp.config.yaml',
    };
  if (status === 429)
    return {
      class: 'rate-limited',
      again: true,
      what,
      retryAfter,
      next: 'lower the concurrency of this endpoint in codepmp.config.yaml, or raise its limit',
    };
  if (status === 408 || status === 409 || status >= 500)
    return { class: 'unavailable', again: true, what, retryAfter, next: 'look at the log of the server' };
  return { class: 'invalid', again: false, what, next: 'check the model name, the URL (it ends in /v1) and the sampling settings' };
}

function readConnection(error: unknown): EndpointFailure {
  const { code, message } = innermost(error);
  if (code === 'ECONNREFUSED')
    return {
      class: 'unavailable',
      again: false,
      what: 'refused the connection',
      next: 'start the server, or correct the url in codepmp.config.yaml',
    };
  if (code === 'ENOTFOUND')
    return {
      class: 'unavailable',
      again: false,
      what: 'has a host name that is not known',
      next: 'correct the url in codepmp.config.yaml',
    };
  const detail = code === null || code.startsWith('UND_') ? printable(message) : code;
  return { class: 'unavailable', again: true, what: `broke the connection (${detail})`, next: 'look at the log of the server' };
}

/** The first error of a chain of causes that has a system error code. */
function innermost(error: unknown): { code: string | null; message: string } {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof AggregateError && at.errors[0] instanceof Error) return innermost(at.errors[0]);
    if ('code' in at && typeof at.code === 'string') return { code: at.code, message: at.message };
  }
  return { code: null, message: error instanceof Error ? error.message : String(error) };
}
