import { cleanLine } from '../../text/index.ts';
import type { Reply } from './connection.ts';
import { Refusal } from './no-answer.ts';

type JsonRecord = { [key: string]: unknown };

/** Longest message of a server that is kept, characters. */
const longest = 2000;

/** Shorter secrets are not hidden, since they may be ordinary words. */
const shortestSecret = 8;

/** Reads an error reply: one with an error status, or an error inside a reply with status 200. Secrets that it repeats are hidden. */
export function readRefusal(reply: Reply, secrets: readonly string[]): Refusal {
  const { status, headers, text } = reply;
  const hidden = secrets.filter(({ length }) => length >= shortestSecret).reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  const body = parsed(hidden);
  const error = errorIn(body) ?? asRecord(Array.isArray(body) ? body[0] : body);
  const code = [error['code'], error['type'], error['error_type']].filter((each) => typeof each === 'string').join(' ').toLowerCase();
  const isInside = status === 200;
  const page = pageTitle(hidden);
  return new Refusal(printable(redirectOf(headers) ?? (wordsOf(error) || page || hidden)), {
    status: isInside ? statusInside(error, code) : status,
    isInside,
    code,
    field: typeof error['param'] === 'string' ? error['param'] : null,
    isPage: page !== null,
    retryAfter: readRetryAfter(headers['retry-after']),
  });
}

/** The error in a body, at the top or in its first choice; null: none. */
export function errorIn(body: unknown): JsonRecord | null {
  const { error, choices } = asRecord(Array.isArray(body) ? body[0] : body);
  const found = error ?? asRecord(Array.isArray(choices) ? choices[0] : undefined)['error'];
  if (typeof found === 'string') return { ...asRecord(body), message: found };
  return typeof found === 'object' && found !== null ? { ...found } : null;
}

/** The title of a web page in words; null for a text that is not a web page. */
export function pageTitle(text: string): string | null {
  if (!/^\s*<(?:!doctype html|html|head|body)\b/i.test(text)) return null;
  const [, title = ''] = /<title[^>]*>([^<]*)/i.exec(text) ?? [];
  return title.trim() === '' ? 'a web page without a title' : `the web page "${title.trim()}"`;
}

/** Foreign text on one line of limited length. */
export function printable(text: string): string {
  const line = cleanLine(text.slice(0, 2 * longest));
  return line.length > longest ? `${line.slice(0, longest).toWellFormed()}…` : line;
}

export function asRecord(value: unknown): JsonRecord {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The message of an error: servers put it under `message` or `detail`, as text or as a list with the place of each mistake. */
function wordsOf(error: JsonRecord): string {
  const { message, detail = message, metadata } = error;
  const words = typeof detail === 'object' ? mistakesIn(asRecord(detail)['detail'] ?? detail) : detail;
  const { raw, flagged_input } = asRecord(metadata);
  return [words, raw, flagged_input === undefined ? null : 'the input was flagged'].filter((each) => typeof each === 'string').join(': ');
}

function mistakesIn(list: unknown): string {
  const mistakes = Array.isArray(list) ? list.map(asRecord) : [];
  return mistakes.map(({ loc, msg }) => `${Array.isArray(loc) ? loc.join('.') : ''}: ${String(msg)}`).join('; ');
}

/** The target of a redirect, without the parts that may be secret. */
function redirectOf({ location }: Reply['headers']): string | null {
  return typeof location === 'string' ? `a redirect to ${location.replace(/[?#].*/, '')}` : null;
}

/** The status of an error inside a reply with status 200: a number in it, or derived from its code. */
function statusInside({ code, status }: JsonRecord, words: string): number {
  const number = [code, status].map(Number).find((each) => each >= 400 && each < 600);
  if (number !== undefined) return number;
  if (/quota|credit|balance|billing/.test(words)) return 402;
  if (/rate.?limit|overload/.test(words)) return 429;
  return 500;
}

function readRetryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
