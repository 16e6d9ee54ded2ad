import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { explorerPage, explorerStyle, html } from '../../report/explorer/index.ts';
import { CommandFailure } from '../terminal/failure.ts';
import type { InspectedRun } from './inspected-run.ts';
import { renderPage } from './pages.ts';

/** A server of pages about one run. */
export interface PageServer extends AsyncDisposable {
  /** Address of the first page; whoever knows it may read. */
  url: string;
}

/** Serves the pages of a run on this machine alone, below a folder whose name is a secret. `port` 0: any free one. */
export async function servePages(options: { run: string; read: () => Promise<InspectedRun>; port: number }): Promise<PageServer> {
  const secret = randomBytes(16).toString('hex');
  const server = createServer((request, response) => void answer({ ...options, secret }, request, response));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/${secret}/`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A page loads its style sheet from here and nothing else, runs no script, and is shown in no other page. */
const policy = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

interface Served {
  run: string;
  read: () => Promise<InspectedRun>;
  secret: string;
}

async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, type, text } = await contentFor(served, request);
  response.writeHead(status, { ...headers, 'content-type': `${type}; charset=utf-8` });
  response.end(request.method === 'HEAD' ? undefined : text);
}

interface Content {
  status: number;
  type: 'text/html' | 'text/css' | 'text/plain';
  text: string;
}

async function contentFor({ run, read, secret }: Served, { url = '/', method, headers: { host = '' } }: IncomingMessage): Promise<Content> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, type: 'text/plain', text: 'read only: GET and HEAD\n' };
  const [, given = '', name = ''] = /^\/([^/?]*)\/([^?]*)/.exec(url) ?? [];
  const isLocal = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);
  if (!isLocal || !isEqualText(given, secret)) return { status: 404, type: 'text/plain', text: 'not found: use the address that codepmp inspect printed\n' };
  if (name === 'style.css') return { status: 200, type: 'text/css', text: explorerStyle };
  try {
    const page = await renderPage(await read(), name, new URLSearchParams(url.split('?')[1] ?? ''));
    return page === null ? failure(run, 404, 'there is no such page') : { status: 200, type: 'text/html', text: page };
  } catch (error) {
    return failure(run, error instanceof CommandFailure ? 404 : 500, error instanceof Error ? error.message : String(error));
  }
}

function failure(run: string, status: number, message: string): Content {
  return { status, type: 'text/html', text: explorerPage({ title: 'This page cannot be shown', run, trail: [] }, html`<p>${message}</p>`) };
}

function isEqualText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
