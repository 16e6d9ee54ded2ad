import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ask, endpointOf, script } from './rig.ts';
import { answer, scriptEndpoint } from './scripted-endpoint.ts';

afterEach(() => vi.unstubAllEnvs());

/** A proxy that takes every plain request to one server, whichever host it is for, and refuses tunnels. */
async function openProxy(target: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const proxy = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const { pathname } = new URL(incoming.url ?? '');
    incoming.pipe(
      forward(new URL(pathname, target), { method: incoming.method, headers: incoming.headers }, (reply) =>
        reply.pipe(outgoing.writeHead(reply.statusCode ?? 502, reply.headers)),
      ),
    );
  });
  proxy.on('connect', ({ method, url }, socket) => {
    asked.push(`${method} ${url}`);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
}

describe('an endpoint', () => {
  it('is asked through the proxy of the environment', async () => {
    const { url } = await target();
    const proxy = await openProxy(url);
    vi.stubEnv('http_proxy', proxy.url);
    const { client } = await script([], { urls: ['http://models.invalid/v1'] });
    expect((await client.complete(ask())).text).toBe('through');
    expect(proxy.asked).toEqual(['POST http://models.invalid/v1/chat/completions']);
  });

  it('of https is asked through a tunnel of the proxy, which says where it does not lead on', async () => {
    const proxy = await openProxy('http://127.0.0.1:1');
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const { client } = await script([], { urls: ['https://models.invalid/v1'], endpoint: endpointOf({ tries: 1 }) });
    await expect(client.complete(ask())).rejects.toMatchObject({
      class: 'unavailable',
      message:
        'endpoint strong at https://models.invalid/v1 broke the connection (Proxy response (502) !== 200 when HTTP Tunneling); look at the log of the server',
    });
    expect(proxy.asked).toEqual(['CONNECT models.invalid:443']);
  });

  it('that NO_PROXY names is asked without it', async () => {
    const proxy = await openProxy('http://127.0.0.1:1');
    vi.stubEnv('http_proxy', proxy.url);
    vi.stubEnv('no_proxy', 'example.com,.invalid');
    const { client } = await script([], { urls: ['http://models.invalid/v1'], endpoint: endpointOf({ outage: 0 }) });
    await expect(client.complete(ask())).rejects.toMatchObject({ class: 'unavailable' });
    expect(proxy.asked).toEqual([]);
  });

  it('on this machine is never asked through a proxy', async () => {
    const proxy = await openProxy('http://127.0.0.1:1');
    vi.stubEnv('http_proxy', proxy.url);
    const { client } = await script([answer('direct')]);
    expect((await client.complete(ask())).text).toBe('direct');
    expect(proxy.asked).toEqual([]);
  });

  it('is not asked where the proxy is written in a way that cannot be used', async () => {
    vi.stubEnv('http_proxy', 'proxy.example:3128');
    await expect(script([], { urls: ['http://models.invalid/v1'] })).rejects.toMatchObject({
      class: 'invalid',
      message: 'endpoint strong: the proxy in HTTPS_PROXY or HTTP_PROXY cannot be used. Write it as http://HOST:PORT',
    });
  });

  it('is asked on a port that browsers keep away from', async () => {
    const server = createServer((_request, response) =>
      response.end(JSON.stringify({ choices: [{ finish_reason: 'stop', message: { content: 'fine' } }] })),
    );
    const port = await firstFree(server, [6666, 6667, 6668, 6669, 6697, 10080, 6000]);
    onTestFinished(() => void server.close());
    const { client } = await script([], { urls: [`http://127.0.0.1:${port}/v1`] });
    expect((await client.complete(ask())).text).toBe('fine');
  });
});

async function target(): Promise<{ url: string }> {
  const server = await scriptEndpoint(answer('through'));
  onTestFinished(() => server.close());
  return server;
}

/** Listens on the first of some ports that nobody else has. */
async function firstFree(server: ReturnType<typeof createServer>, ports: number[]): Promise<number> {
  for (const port of ports) {
    server.listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(() => true, () => false);
    if (isFree) return port;
  }
  throw new Error('all these ports are taken');
}
