import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import type { FailureClass } from '../../plan/index.ts';

/** What one request's failure means: its class, whether asking again may help, and what to tell. */
export interface EndpointFailure {
  class: FailureClass;
  again: boolean;
  what: string;
  /** Next action of the reader. */
  next: string;
  /** Milliseconds the endpoint asked to wait. */
  retryAfter?: number | undefined;
}

/** An answer that is not whole; asking again may help. */
export class BrokenAnswer extends Error {}

/** Reads the failure of one request. */
export function readFailure(error: unknown): EndpointFailure {
  if (error instanceof BrokenAnswer || error instanceof SyntaxError)
    return { class: 'unavailable', again: true, what: `sent a broken answer: ${error.message}`, next: 'look at the log of the server or of a proxy before it' };
  if (error instanceof APIConnectionTimeoutError)
    return { class: 'unavailable', again: true, what: 'did not answer in time', next: 'check its load, or ask for fewer tokens' };
  if (error instanceof APIError && !(error instanceof APIConnectionError) && error.status !== undefined) return readStatus(error);
  return readConnection(error);
}

function readStatus(error: APIError<number, Headers>): EndpointFailure {
  const { status } = error;
  const what = `answered ${error.message}`;
  const retryAfter = readRetryAfter(error.headers);
  if (status === 401 || status === 403)
    return { class: 'auth', again: false, what, next: 'check the key of this endpoint in codepmp.config.yaml and the rights it has' };
  if (status === 429 && error.code === 'insufficient_quota')
    return { class: 'auth', again: false, what, next: 'the account of this endpoint is spent: add credit, or give another key in codepmp.config.yaml' };
  if (status === 429)
    return { class: 'rate-limited', again: true, what, retryAfter, next: 'lower the concurrency of this endpoint in codepmp.config.yaml, or raise its limit' };
  if (status === 408 || status === 409 || status >= 500)
    return { class: 'unavailable', again: true, what, retryAfter, next: 'look at the log of the server' };
  return { class: 'invalid', again: false, what, next: 'check the model name, the URL (it ends in /v1) and the sampling settings' };
}

function readConnection(error: unknown): EndpointFailure {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED')
    return { class: 'unavailable', again: false, what: 'refused the connection', next: 'start the server, or correct the url in codepmp.config.yaml' };
  if (code === 'ENOTFOUND')
    return { class: 'unavailable', again: false, what: 'has a host name that is not known', next: 'correct the url in codepmp.config.yaml' };
  const detail = code ?? (error instanceof Error ? error.message : String(error));
  return { class: 'unavailable', again: true, what: `broke the connection (${detail})`, next: 'look at the log of the server' };
}

/** The system error code nearest to the surface of a chain of causes. */
function codeOf(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at instanceof AggregateError && at.errors[0] instanceof Error) return codeOf(at.errors[0]);
  }
  return null;
}

function readRetryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const seconds = Number(text);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/** True where the endpoint says that prompt and answer do not fit into the model's context. */
export function isTooLong(error: unknown): boolean {
  if (!(error instanceof APIError) || error.status !== 400) return false;
  return /exceed_context_size|context_length_exceeded|maximum context length/.test(`${JSON.stringify(error.error)} ${error.message}`);
}
