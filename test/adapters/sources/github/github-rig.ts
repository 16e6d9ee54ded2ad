import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { createGithub } from '../../../../adapters/sources/github/github.ts';
import type { GithubAccess } from '../../../../ports/configuration.ts';
import type { Github } from '../../../../ports/github.ts';
import { temporaryFolder } from '../git-rig.ts';

const require = createRequire(import.meta.url);

export interface GithubRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** What was sent as JSON. */
  body: { [key: string]: unknown };
}

export interface GithubReply {
  /** Default 200. */
  status?: number;
  headers?: { [name: string]: string };
  body?: unknown;
  /** The answer ends in the middle of its JSON. */
  cut?: boolean;
}

/** Serves what `answer` says to each request, 404 where it says nothing; `{api}` in a text is the server's own URL. */
export async function serveGithub(
  answer: (asked: GithubRequest, nth: number) => GithubReply | undefined,
): Promise<{ url: string; asked: GithubRequest[] }> {
  const asked: GithubRequest[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = request.method === 'POST' ? ((await json(request).catch(() => ({}))) as GithubRequest['body']) : {};
      const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      asked.push(one);
      const notFound: GithubReply = { status: 404, body: { message: 'Not Found' } };
      const { status = 200, headers = {}, body: said, cut = false } = answer(one, asked.length) ?? notFound;
      const own = (text: string): string => text.replaceAll('{api}', url);
      const text = own(JSON.stringify(said ?? ''));
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, own(value));
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.writeHead(status).end(status === 304 ? '' : cut ? text.slice(0, text.length / 2) : text);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked };
}

interface GithubAccessOptions extends Omit<GithubAccess, 'url'> {
  folder?: string;
  signal?: AbortSignal;
  said?: string[];
}

/** GitHub at a URL, where a second of waiting is five milliseconds. */
export async function openGithubAt(url: string, { folder, signal, said = [], ...access }: GithubAccessOptions = {}): Promise<Github> {
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  const open = createGithub({ access: { url, ...access }, second: 5, warn: (line) => said.push(line) });
  return open({ folder: folder ?? (await temporaryFolder()), signal: signal ?? ended.signal });
}

export async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

interface RecordedAnswer {
  method: string;
  path: string;
  status: number;
  response: unknown;
  headers?: { [name: string]: string };
  rawHeaders?: { [name: string]: string };
}

/** Answers of GitHub's servers that Octokit has recorded; the first of a path also answers to other queries. */
export function recorded(scenario: string): (asked: GithubRequest) => GithubReply | undefined {
  const file = `@octokit/fixtures/scenarios/api.github.com/${scenario}/normalized-fixture.json`;
  const answers = JSON.parse(JSON.stringify(require(file)).replaceAll('https://api.github.com', '{api}')) as RecordedAnswer[];
  return ({ method, path }) => {
    const same = answers.filter((each) => each.method.toUpperCase() === method);
    const found = same.find((each) => each.path === path) ?? same.find((each) => each.path.split('?')[0] === path.split('?')[0]);
    if (!found) return undefined;
    const kept = Object.entries(found.rawHeaders ?? found.headers ?? {}).filter(([name]) => /^(link|etag|location)$/.test(name));
    return { status: found.status, headers: Object.fromEntries(kept), body: found.response };
  };
}

interface WebhookExamples {
  name: string;
  examples: { [key: string]: unknown }[];
}

/** What GitHub sends of a thing, from Octokit's examples. */
export function examplesOf(event: string, key: string): { [key: string]: unknown }[] {
  const events = require('@octokit/webhooks-examples/api.github.com/index.json') as WebhookExamples[];
  const found = events.find(({ name }) => name === event)?.examples ?? [];
  return found.map((example) => example[key] as { [key: string]: unknown });
}

/** A repository of a search. */
export interface Listed {
  id: number;
  full_name: string;
  clone_url: string;
  license: { spdx_id: string } | null;
  stars: number;
  /** Seconds since the epoch. */
  created: number;
}

/** Answers searches of repositories as GitHub does: pages by Link, a range of `created:` or `stars:`, and nothing beyond 1,000. */
export function searching(listed: readonly Listed[]): (asked: GithubRequest) => GithubReply | undefined {
  return ({ path }) => {
    const { pathname, searchParams } = new URL(path, 'http://x');
    if (pathname !== '/search/repositories') return undefined;
    const q = searchParams.get('q') ?? '';
    const [page, each] = [Number(searchParams.get('page') ?? 1), Number(searchParams.get('per_page') ?? 30)];
    if (page * each > 1000) return { status: 422, body: { message: 'Only the first 1000 search results are available' } };
    const found = listed.filter((one) => isIn(q, 'created', one.created) && isIn(q, 'stars', one.stars));
    const hasMore = page * each < Math.min(1000, found.length);
    searchParams.set('page', `${page + 1}`);
    return {
      headers: hasMore ? { link: `<{api}${pathname}?${searchParams.toString()}>; rel="next"` } : {},
      body: { total_count: found.length, incomplete_results: false, items: found.slice((page - 1) * each, page * each) },
    };
  };
}

function isIn(q: string, qualifier: string, value: number): boolean {
  const [, from, to] = new RegExp(`${qualifier}:([^ ]+)\\.\\.([^ ]+)`).exec(q) ?? [];
  if (from === undefined || to === undefined) return true;
  const number = (text: string): number => (text === '*' ? Infinity : text.includes('-') ? Date.parse(text) / 1000 : Number(text));
  return value >= number(from) && value <= number(to);
}
