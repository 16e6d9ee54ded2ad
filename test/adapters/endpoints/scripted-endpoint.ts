import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does with one request; the body is read already. */
export type Act = (response: ServerResponse, request: IncomingMessage, body: Body) => void;

export interface Body {
  [field: string]: unknown;
}

export interface ScriptedEndpoint {
  url: string;
  /** Bodies of the requests that came, as they came. */
  bodies: Body[];
  headers: IncomingMessage['headers'][];
  /** Most requests open at the same time. */
  peak(): number;
  /** Requests open now. */
  open(): number;
  /** Listens again at the same address, after it was closed. */
  listen(): Promise<void>;
  close(): Promise<void>;
}

/** A real HTTP server that plays one act a request, the last one for ever. */
export async function scriptEndpoint(...acts: Act[]): Promise<ScriptedEndpoint> {
  const bodies: Body[] = [];
  const headers: IncomingMessage['headers'][] = [];
  let open = 0;
  let peak = 0;
  const server = createServer((request, response) => {
    open += 1;
    peak = Math.max(peak, open);
    response.once('close', () => (open -= 1));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
      bodies.push(body);
      headers.push(request.headers);
      (acts[Math.min(bodies.length, acts.length) - 1] ?? answer('fine'))(response, request, body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    bodies,
    headers,
    peak: () => peak,
    open: () => open,
    listen: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    close: async () => {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A whole answer, or whatever `change` makes of it. */
export function answer(text: string | null, change: { [key: string]: unknown } = {}, usage: object | null = tokens): Act {
  return (response) => send(response, 200, { ...reply(text, change), usage });
}

const tokens = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };

export function reply(text: string | null, change: { [key: string]: unknown } = {}): { [key: string]: unknown } {
  const message = { role: 'assistant', content: text };
  const choice = { index: 0, finish_reason: 'stop', message, ...change };
  return {
    id: '1',
    object: 'chat.completion',
    model: 'served',
    choices: [choice],
    usage: tokens,
  };
}

export function status(code: number, options: { headers?: { [name: string]: string }; body?: unknown } = {}): Act {
  return (response) => {
    for (const [name, value] of Object.entries(options.headers ?? {})) response.setHeader(name, value);
    send(response, code, options.body ?? { error: { message: `scripted ${code}` } });
  };
}

/** A body as it is. */
export function text(code: number, body: string, type = 'text/html'): Act {
  return (response) => response.writeHead(code, { 'content-type': type }).end(body);
}

export const reset: Act = (response) => response.socket?.resetAndDestroy();

export const hang: Act = () => undefined;

/** Announces the whole answer and closes the connection in the middle of it. */
export const truncated: Act = (response) => {
  const whole = JSON.stringify(reply('never whole'));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length });
  response.write(whole.slice(0, whole.length / 2), () => response.socket?.destroy());
};

/** A body that ends gracefully in the middle of the JSON text, which HTTP cannot tell from a whole one. */
export const cutShort: Act = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(reply('never whole')).slice(0, 60));
};

function send(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
