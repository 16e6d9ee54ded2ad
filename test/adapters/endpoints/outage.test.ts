import { describe, expect, it, onTestFinished } from 'vitest';
import type { CompletionRequest } from '../../../ports/endpoint.ts';
import type { ClassifiedError } from '../../../ports/failure.ts';
import { ask, endpointOf, gateOf, openClient, script } from './rig.ts';
import { answer, hang, reset, scriptEndpoint, status, type Act } from './scripted-endpoint.ts';

/** A request about one item. */
function about(item: number): CompletionRequest {
  return ask({ input: { messages: [{ role: 'user', content: `item ${item}` }] } });
}

const items = (count: number): CompletionRequest[] => Array.from({ length: count }, (_, item) => about(item));

const itemIn = (body: { [field: string]: unknown }): string => (body['messages'] as { content: string }[])[0]?.content ?? '';

/** Acts by what a request is about, and that of all others. */
function by(acts: { [item: string]: Act }, others: Act = answer('fine')): Act {
  return (response, request, body) => (acts[itemIn(body)] ?? others)(response, request, body);
}

/** An act that waits for some milliseconds first. */
function late(act: Act, pause: number): Act {
  return (...turn) => setTimeout(() => act(...turn), pause);
}

const slowItems = (act: Act): { [item: string]: Act } => Object.fromEntries(items(8).map((_, item) => [`item ${item}`, act]));

const pauses = { first: 20, most: 40 };

describe('trouble of a whole endpoint', () => {
  it('is waited out by all requests together, and is over with the first answer', async () => {
    const { server, client } = await script([], { pauses });
    await server.close();
    const answers = Promise.all(items(12).map((item) => client.complete(item)));
    await expect.poll(() => client.trouble()).toMatch(
      new RegExp(`^unavailable: endpoint strong at ${server.url} refused the connection; waiting for it, 1 min more at most$`),
    );
    await server.listen();
    expect((await answers).map(({ text }) => text)).toEqual(Array(12).fill('fine'));
    expect(server.bodies).toHaveLength(12);
    expect(client.trouble()).toBe(null);
  });

  it('is found out about by one request at a time', async () => {
    const open: number[] = [];
    const eight = Promise.withResolvers<void>();
    const { server, client } = await script([(...turn) => {
      open.push(server.open());
      if (open.length === 8) eight.resolve();
      void eight.promise.then(() => (open.length > 18 ? answer('fine') : status(500))(...turn));
    }], { concurrency: () => 8, pauses: { first: 30, most: 30 } });
    await Promise.all(items(40).map((item) => client.complete(item)));
    expect(Math.max(...open.slice(0, 8))).toBe(8);
    expect(open.slice(14, 18)).toEqual([1, 1, 1, 1]);
  });

  it('ends all requests after the declared time, and is looked for anew by the next one', async () => {
    const { server, client } = await script([], { pauses, endpoint: endpointOf({ outage: 0.2 }) });
    await server.close();
    const ended = await Promise.allSettled(items(6).map((item) => client.complete(item)));
    for (const each of ended) {
      expect(each).toMatchObject({ status: 'rejected', reason: { class: 'unavailable', name: 'EndpointFailure' } });
      expect(each).not.toHaveProperty('reason.item');
    }
    await server.listen();
    expect((await client.complete(about(7))).text).toBe('fine');
  });

  it('ends a request that comes after the declared time once it has asked in vain', async () => {
    const { server, client } = await script([], { pauses: { first: 60_000, most: 60_000 }, endpoint: endpointOf({ outage: 0.2 }) });
    await server.close();
    await expect(client.complete(about(1))).rejects.toMatchObject({ class: 'unavailable' });
    await Promise.all(items(3).map((item) => expect(client.complete(item)).rejects.toMatchObject({ class: 'unavailable' })));
    await server.listen();
    expect((await Promise.all(items(3).map((item) => client.complete(item)))).map(({ text }) => text)).toEqual(Array(3).fill('fine'));
  });

  it('that is to last longer than is waited for ends all requests after the declared time, and says how long it is still to last', async () => {
    const { client } = await script([status(429, { headers: { 'retry-after': '3600' } })], { endpoint: endpointOf({ outage: 0.2 }) });
    const ended = await Promise.allSettled(items(6).map((item) => client.complete(item)));
    for (const each of ended) {
      expect(each).toMatchObject({ status: 'rejected', reason: { class: 'rate-limited', name: 'EndpointFailure' } });
      expect(each).not.toHaveProperty('reason.item');
      const { retryAfter = 0 } = (each as PromiseRejectedResult).reason as ClassifiedError;
      expect(retryAfter).toBeLessThan(3_599_900);
      expect(retryAfter).toBeGreaterThan(3_500_000);
    }
  });

  it('does not use up the tries of a request', async () => {
    let fails = 9;
    const { client } = await script([(...turn) => (fails-- > 0 ? status(502) : answer('fine'))(...turn)], {
      pauses: { first: 5, most: 5 },
      endpoint: endpointOf({ tries: 2 }),
    });
    expect(await Promise.all(items(4).map((item) => client.complete(item)))).toHaveLength(4);
  });
});

describe('trouble of one request', () => {
  it('holds up no other, and is its own alone', async () => {
    const { client } = await script([by({ 'item 3': status(500), 'item 5': status(400) })]);
    const ended = await Promise.allSettled(items(20).map((item) => client.complete(item)));
    expect(ended.map((each) => (each.status === 'rejected' ? (each.reason as { item: string }).item : each.value.text))).toEqual(
      ended.map((_, item) => (item === 3 ? 'unanswered' : item === 5 ? 'rejected' : 'fine')),
    );
  });

  it.each([
    ['a 500', status(500)],
    ['a 429', status(429)],
  ])('is tried again after %s, however long it waited for its first turn', async (_, failing) => {
    let fails = 2;
    const slow = late(answer('fine'), 30);
    const last: Act = (...turn) => (fails-- > 0 ? failing : answer('late'))(...turn);
    const { server, client } = await script([(...turn) => by({ 'item 8': last, ...slowItems(slow) })(...turn)], {
      concurrency: () => 1,
      endpoint: endpointOf({ outage: 0.1 }),
    });
    const answers = await Promise.all(items(9).map((item) => client.complete(item)));
    expect(answers.at(-1)?.text).toBe('late');
    expect(server.bodies).toHaveLength(11);
  });

  it('has all its tries when the server never replies to it, also where they take longer than an outage may last', async () => {
    const { server, client } = await script([by({ 'item 0': hang })], { endpoint: endpointOf({ timeout: 1, outage: 1.5, tries: 4 }) });
    await expect(client.complete(about(0))).rejects.toMatchObject({ item: 'unanswered', why: 'did not answer in time (asked 4 times)' });
    expect(server.bodies).toHaveLength(4);
  });

  it('is asked about once more after a Retry-After longer than an outage may last, and ends no other', async () => {
    const { server, client } = await script([by({ 'item 0': status(429, { headers: { 'retry-after': '3600' } }) })], {
      endpoint: endpointOf({ outage: 0.2 }),
    });
    const [first, ...others] = await Promise.allSettled(items(20).map((item) => client.complete(item)));
    expect(first).toMatchObject({ reason: { item: 'unanswered', class: 'rate-limited', why: 'answered 429: scripted 429 (asked for 0.2 s)' } });
    expect(others.map(({ status: ended }) => ended)).toEqual(Array(19).fill('fulfilled'));
    expect(server.bodies).toHaveLength(21);
  });

  it('leaves its place to others while it waits for its next try', async () => {
    const busy = status(429, { headers: { 'retry-after': '3' } });
    let asked = 0;
    const { server, client } = await script([by({ 'item 0': (...turn) => (asked++ === 0 ? busy : answer('late'))(...turn) })], {
      concurrency: () => 1,
    });
    const order: string[] = [];
    await Promise.all(items(5).map(async (item) => order.push((await client.complete(item)).text)));
    expect(order).toEqual([...Array(4).fill('fine'), 'late']);
    expect(server.peak()).toBe(1);
  });
});

describe('requests that always fail and are the only ones left', () => {
  const settings = { pauses: { first: 5, most: 5 }, endpoint: endpointOf({ tries: 2, outage: 0.5 }) };

  it.each([
    ['a 500', status(500), 'answered 500: scripted 500'],
    ['a reset connection', reset, 'broke the connection (ECONNRESET)'],
    ['a broken answer', answer('half', { finish_reason: 'error' }), 'sent a broken answer: its finish_reason is error'],
  ])('stay without an answer once trouble of all has been waited out: %s', async (_, act, what) => {
    const { client } = await script([act], settings);
    for (const each of await Promise.allSettled(items(4).map((item) => client.complete(item))))
      expect(each).toMatchObject({ reason: { item: 'unanswered', why: expect.stringContaining(what) as string } });
  });

  it.each([
    ['that takes longer than an outage may last', { timeout: 0.3, outage: 0.2 }],
    ['of which fewer fit in an outage than there may be', { timeout: 0.1, outage: 0.5 }],
  ])('stay without an answer when each try takes its whole time, %s', async (_, times) => {
    const { client } = await script([hang], { pauses: settings.pauses, endpoint: endpointOf({ tries: 3, ...times }) });
    for (const each of await Promise.allSettled(items(5).map((item) => client.complete(item))))
      expect(each).toMatchObject({ reason: { item: 'unanswered', why: expect.stringMatching(/^did not answer in time/) as string } });
  });

  it.each([
    ['which were never sent', status(500), {}],
    ['also where one of them is being asked again when it is given up', hang, { timeout: 0.1 }],
    ['also where one of them fails after it was given up', by({ 'item 3': late(status(500), 300) }, status(500)), {}],
  ])('are those of an endpoint in trouble while others wait, %s', async (_, act, times) => {
    const { client } = await script([act], { ...settings, endpoint: endpointOf({ tries: 5, outage: 0.15, ...times }) });
    for (const each of await Promise.allSettled(items(100).map((item) => client.complete(item)))) {
      expect(each).toMatchObject({ reason: { class: 'unavailable', name: 'EndpointFailure' } });
      expect(each).not.toHaveProperty('reason.item');
    }
  });

  it('are those of an endpoint in trouble while requests of another endpoint wait for its server', async () => {
    const gate = gateOf(() => 4, settings.pauses);
    const { server, client } = await script([status(500)], { ...settings, gate, endpoint: endpointOf({ outage: 0.2 }) });
    const other = openClient(server, { gate, name: 'weak', endpoint: endpointOf({ outage: 0.2 }) });
    const ended = Promise.allSettled(items(3).map((item) => client.complete(item)));
    const others = Promise.allSettled(items(300).map((item) => other.complete(item)));
    for (const each of [...(await ended), ...(await others)]) expect(each).not.toHaveProperty('reason.item');
  });

  it('are those of an endpoint in trouble where others come before it is given up', async () => {
    const gate = gateOf(() => 4, { first: 60_000, most: 60_000 });
    const { client } = await script([status(500)], { ...settings, gate, endpoint: endpointOf({ outage: 2 }) });
    const ended = Promise.allSettled(items(3).map((item) => client.complete(item)));
    await expect.poll(() => client.trouble()).not.toBe(null);
    const later = Promise.allSettled(items(100).map((item) => client.complete(item)));
    for (const each of [...(await ended), ...(await later)]) expect(each).not.toHaveProperty('reason.item');
  });

  it('fail with the endpoint where a server that is busy refuses all of them', async () => {
    const { client } = await script([status(503)], settings);
    for (const each of await Promise.allSettled(items(4).map((item) => client.complete(item)))) {
      expect(each).toMatchObject({ reason: { class: 'unavailable' } });
      expect(each).not.toHaveProperty('reason.item');
    }
  });
});

describe('several servers behind one name', () => {
  it('share the requests, and the limit holds over both', async () => {
    const slow = late(answer('fine'), 5);
    const other = await scriptEndpoint(slow);
    onTestFinished(() => other.close());
    const first = await scriptEndpoint(slow);
    onTestFinished(() => first.close());
    const { client } = await script([], { urls: [first.url, other.url], concurrency: () => 4 });
    await Promise.all(items(60).map((item) => client.complete(item)));
    expect(first.bodies.length + other.bodies.length).toBe(60);
    expect(Math.min(first.bodies.length, other.bodies.length)).toBeGreaterThan(15);
    expect([first.peak(), other.peak()]).toEqual([2, 2]);
  });

  it('stand in for one that is gone, which is asked again when it is back', async () => {
    const [gone, other] = await Promise.all([scriptEndpoint(), scriptEndpoint()]);
    onTestFinished(async () => {
      await Promise.all([gone.close(), other.close()]);
    });
    const { client } = await script([], { urls: [gone.url, other.url], pauses });
    await gone.close();
    expect(await Promise.all(items(20).map((item) => client.complete(item)))).toHaveLength(20);
    expect(other.bodies).toHaveLength(20);
    expect(client.trouble()).toBe(null);
    await gone.listen();
    await expect.poll(() => client.complete(about(1)).then(() => gone.bodies.length)).toBeGreaterThan(0);
  });
});

describe('servers that come and go', () => {
  it('are waited for, and finish what they have begun when they are replaced', async () => {
    const slow: Act = (...turn) => setTimeout(() => answer('first')(...turn), 100);
    const [first, second] = await Promise.all([scriptEndpoint(slow), scriptEndpoint(answer('second'))]);
    onTestFinished(async () => {
      await Promise.all([first.close(), second.close()]);
    });
    const { client } = await script([], { urls: [], concurrency: () => 2 });
    const answers = Promise.all(items(6).map((item) => client.complete(item)));
    client.setServers([first.url]);
    await expect.poll(first.open).toBe(2);
    client.setServers([second.url]);
    expect((await answers).map(({ text }) => text).toSorted()).toEqual([...Array(2).fill('first'), ...Array(4).fill('second')]);
  });

  it('fail all requests, now and later, once none will come', async () => {
    const { client } = await script([], { urls: [] });
    const waiting = client.complete(about(1));
    client.end(new Error('no server started'));
    await expect(waiting).rejects.toThrow('no server started');
    await expect(client.complete(about(2))).rejects.toThrow('no server started');
  });
});

describe('the requests in flight', () => {
  it('are as many as a server can take, where that is fewer than declared', async () => {
    let open = 0;
    let refused = 0;
    const small: Act = (response, ...turn) => {
      open += 1;
      response.once('close', () => (open -= 1));
      if (open > 8) refused += 1;
      if (open > 8) return status(503)(response, ...turn);
      setTimeout(() => answer('fine')(response, ...turn), 5);
    };
    const { client } = await script([small], { concurrency: () => 64, endpoint: endpointOf({ outage: 60 }) });
    await Promise.all(items(1500).map((item) => client.complete(item)));
    expect(refused).toBeLessThan(750);
  });
});
