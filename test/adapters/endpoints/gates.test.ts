import { tmpdir } from 'node:os';
import { setImmediate as otherWork } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createModelServers } from '../../../adapters/endpoints/servers.ts';
import type { RemoteEndpoint } from '../../../ports/configuration.ts';
import type { EndpointClient } from '../../../ports/endpoint.ts';
import { endpointDefaults } from '../../../schemas/index.ts';
import { ask, gateOf } from './rig.ts';
import { answer, scriptEndpoint, status, type Act, type ScriptedEndpoint } from './scripted-endpoint.ts';

const slow: Act = (...turn) => setTimeout(() => answer('fine')(...turn), 20);

async function server(...acts: Act[]): Promise<ScriptedEndpoint> {
  const made = await scriptEndpoint(...acts);
  onTestFinished(() => made.close());
  return made;
}

/** Clients of endpoints, each with its own settings. */
async function clients(settings: { [name: string]: Pick<RemoteEndpoint, 'url'> & Partial<RemoteEndpoint> }): Promise<EndpointClient[]> {
  const usual = { ...endpointDefaults, model: 'm', identity: null, outage: 5 };
  const endpoints = Object.fromEntries(Object.entries(settings).map(([name, each]) => [name, { ...usual, ...each }]));
  const servers = createModelServers({ endpoints, python: 'python3', logs: tmpdir(), pauses: { first: 20, most: 40 } });
  onTestFinished(() => servers.stop());
  return Promise.all(Object.keys(endpoints).map(async (name) => (await servers.acquire(name)).client));
}

async function askMany(client: EndpointClient | undefined, count = 60): Promise<unknown[]> {
  if (!client) throw new Error('there is no such client');
  return Promise.all(Array.from({ length: count }, () => client.complete(ask())));
}

describe('endpoints of one server', () => {
  it('have no more requests in flight together than the one that may have most', async () => {
    const { url, peak } = await server(slow);
    await Promise.all((await clients({ strong: { url, concurrency: 8 }, weak: { url, concurrency: 6 } })).map((each) => askMany(each)));
    expect(peak()).toBe(8);
  });

  it('have each no more in flight than it may, and let those of the other through', async () => {
    const { url, peak } = await server(slow);
    const [strong, weak] = await clients({ strong: { url, concurrency: 8 }, weak: { url, concurrency: 2 } });
    await askMany(weak, 20);
    expect(peak()).toBe(2);
    let answered = 0;
    const many = askMany(weak, 100).finally(() => (answered = 100));
    await askMany(strong, 20);
    expect([answered, peak()]).toEqual([0, 8]);
    await many;
  });

  it('wait together while it is in trouble', async () => {
    let isDown = true;
    const { url, bodies } = await server((...turn) => (isDown ? status(503) : answer('fine'))(...turn));
    const [strong, weak] = await clients({ strong: { url }, weak: { url, model: 'other' } });
    const answers = askMany(strong, 8);
    await expect.poll(() => weak?.trouble()).toMatch(/^unavailable: endpoint weak at .* answered 503/);
    const other = askMany(weak, 1);
    isDown = false;
    expect((await Promise.all([answers, other])).flat()).toHaveLength(9);
    expect(bodies.filter(({ model }) => model === 'other')).toHaveLength(1);
  });

  it('share its limit where they have other servers besides', async () => {
    const [shared, own] = await Promise.all([server(slow), server(slow)]);
    const endpoints = { both: { url: own.url, replicas: [shared.url], concurrency: 4 }, one: { url: shared.url, concurrency: 4 } };
    await Promise.all((await clients(endpoints)).map((each) => askMany(each)));
    expect(shared.peak()).toBeLessThanOrEqual(4);
  });

  it('share nothing where their keys differ', async () => {
    Object.assign(process.env, { CODEPMP_TEST_ONE: 'k1', CODEPMP_TEST_OTHER: 'k2' });
    const { url, peak } = await server(slow);
    const keyed = (env: string) => ({ url, concurrency: 4, key: { env } });
    await Promise.all((await clients({ one: keyed('CODEPMP_TEST_ONE'), other: keyed('CODEPMP_TEST_OTHER') })).map((each) => askMany(each)));
    expect(peak()).toBe(8);
  });
});

describe('many requests at once', () => {
  it('leave turns for other work while they are sent', async () => {
    const turns = gateOf(() => 1000).open({ urls: ['http://127.0.0.1:1/v1'], outage: 0 });
    let sent = 0;
    const { signal } = new AbortController();
    for (let request = 0; request < 500; request += 1) void turns.take({ signal, since: 0, isSent: false }).then(() => (sent += 1));
    await otherWork();
    expect([sent > 0, sent < 250]).toEqual([true, true]);
    await expect.poll(() => sent).toBe(500);
  });
});
