import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ask, endpointOf, sampling, script } from './rig.ts';
import { answer, cutShort, hang, reset, status, truncated, type Act } from './scripted-endpoint.ts';

const credentials = { headers: { authorization: 'Bearer secret-key' }, secrets: ['secret-key'] };

const thought = { type: 'thinking', thinking: [{ type: 'text', text: 'Which one is it?' }], closed: true };

describe('an endpoint client', () => {
  it('sends its own sampling settings in full and reads the answer', async () => {
    const { server, client } = await script([answer('It adds numbers.')], { credentials });
    expect(await client.complete(ask({ stop: ['\n\n'] }))).toEqual({
      text: 'It adds numbers.',
      finish_reason: 'stop',
      usage: { prompt_tokens: 7, completion_tokens: 3 },
      model: 'served',
    });
    const messages = [{ role: 'user', content: 'Describe it.' }];
    expect(server.bodies).toEqual([{ model: 'm', messages, ...sampling, seed: 5, stream: false, stop: ['\n\n'] }]);
    expect(server.headers[0]?.authorization).toBe('Bearer secret-key');
  });

  it('has a text gone on with where it is given one, with the same settings and the same ways of the endpoint', async () => {
    const { server, client } = await script([
      status(400, { body: { error: { message: 'Unknown field: min_p' } } }),
      (response, request, body) => answer(null, { message: undefined, text: `went on at ${request.url}` })(response, request, body),
    ]);
    expect(await client.complete(ask({ input: { prompt: 'Q: 1+1\nA:' } }))).toMatchObject({
      text: 'went on at /v1/completions',
      finish_reason: 'stop',
    });
    const { min_p: _, ...others } = sampling;
    const sent = { model: 'm', prompt: 'Q: 1+1\nA:', seed: 5, stream: false };
    expect(server.bodies).toEqual([{ ...sent, ...sampling }, { ...sent, ...others }]);
  });

  it.each([
    ['counts', {}, { completion_tokens_details: { reasoning_tokens: 12 } }, 12],
    ['counts beside the answer', {}, { completion_tokens_details: { reasoning_tokens: 12 }, total_tokens: 39 }, undefined],
    ['sends as reasoning_content', { reasoning_content: 'Add them. '.repeat(3) }, {}, 15],
    ['sends as reasoning', { reasoning: 'Add them. '.repeat(3), reasoning_content: null }, {}, 15],
    ['does not have', { reasoning: null }, { completion_tokens_details: { reasoning_tokens: 0 } }, undefined],
  ])('reads how many of the tokens are thoughts that the server %s', async (_, thoughts, counts, reasoning_tokens) => {
    const message = { role: 'assistant', content: 'It adds it', ...thoughts };
    const { client } = await script([answer(null, { message }, { prompt_tokens: 7, completion_tokens: 20, total_tokens: 27, ...counts })]);
    const usage = { prompt_tokens: 7, completion_tokens: 20, ...(reasoning_tokens !== undefined && { reasoning_tokens }) };
    expect(await client.complete(ask())).toEqual({ text: 'It adds it', finish_reason: 'stop', usage, model: 'served' });
  });

  it('hands over cut and empty answers as they are, for the caller to judge', async () => {
    const { client } = await script([answer('half of', { finish_reason: 'length' }), answer(' '), answer(null, { finish_reason: 'length' })]);
    expect(await client.complete(ask())).toMatchObject({ text: 'half of', finish_reason: 'length' });
    expect(await client.complete(ask())).toMatchObject({ text: ' ', finish_reason: 'stop' });
    expect(await client.complete(ask())).toMatchObject({ text: '', finish_reason: 'length' });
  });

  it.each<[string, unknown, string, string]>([
    ['the parts that are text, without what was thought', [thought, { type: 'text', text: 'It adds ' }, { type: 'text', text: 'numbers.' }], 'stop', 'It adds numbers.'],
    ['texts', ['It adds ', 'numbers.'], 'stop', 'It adds numbers.'],
    ['parts of which some are not known', [{ type: 'reference', reference_ids: [1] }, { type: 'text', text: 'It adds.' }], 'stop', 'It adds.'],
    ['a thought that was cut', [thought], 'length', ''],
    ['no part, where a filter stopped it', [], 'content_filter', ''],
  ])('reads an answer that comes as a list: %s', async (_, content, finish_reason, read) => {
    const { server, client } = await script([answer('', { finish_reason, message: { role: 'assistant', content } })]);
    expect(await client.complete(ask())).toMatchObject({ text: read, finish_reason });
    expect(server.bodies).toHaveLength(1);
  });

  it('counts the tokens of what was thought in parts apart', async () => {
    const content = [thought, { type: 'text', text: 'It adds numbers.' }];
    const { client } = await script([answer('', { message: { role: 'assistant', content } })]);
    expect((await client.complete(ask())).usage).toEqual({ prompt_tokens: 7, completion_tokens: 3, reasoning_tokens: 2 });
  });

  it.each([
    [[{ type: 'poem', lines: ['It adds'] }], '[{"type":"poem","lines":["It adds"]}]'],
    [{ said: 'It adds' }, '{"said":"It adds"}'],
    [7, '7'],
  ])('takes an answer of no known form for a broken one: %j', async (content, shown) => {
    const { server, client } = await script([answer('', { message: { role: 'assistant', content } })]);
    await expect(client.complete(ask())).rejects.toMatchObject({
      item: 'unanswered',
      why: `sent a broken answer: its content is no text: ${shown} (asked 3 times)`,
    });
    expect(server.bodies).toHaveLength(3);
  });

  it.each([
    ['429', status(429)],
    ['503', status(503)],
    ['500', status(500)],
    ['408', status(408)],
    ['409', status(409)],
    ['a reset connection', reset],
    ['a body that breaks off', truncated],
    ['a body that ends too early', cutShort],
    ['a hanging server', hang],
    ['an answer without finish_reason', answer('whole?', { finish_reason: null })],
    ['an answer without choices', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}')],
  ] satisfies [string, Act][])('asks again after %s', async (_, act) => {
    const { server, client } = await script([act, answer('fine')], { endpoint: endpointOf({ timeout: act === hang ? 2 : 20 }) });
    expect((await client.complete(ask())).text).toBe('fine');
    expect(server.bodies).toHaveLength(2);
  });

  it.each([
    ['a 500', status(500), 'answered 500: scripted 500'],
    ['an empty answer without tokens', answer('', {}, null), 'sent a broken answer: it is empty'],
  ] as const)('gives a request up after its tries of %s, and says that only this one failed', async (_, act, what) => {
    const { server, client } = await script([act]);
    await expect(client.complete(ask())).rejects.toMatchObject({
      class: 'unavailable',
      item: 'unanswered',
      why: `${what} (asked 3 times)`,
      message: expect.stringMatching(new RegExp(`^endpoint strong at ${server.url} ${what} \\(asked 3 times\\); look at the log`)),
    });
    expect(server.bodies).toHaveLength(3);
  });

  it.each([
    [429, 'rate-limited'],
    [503, 'unavailable'],
  ] as const)('asks a server that answers %i because it is busy again and again, as long as an outage may last', async (code, failureClass) => {
    const { server, client } = await script([status(code)], { endpoint: endpointOf({ outage: 0.3 }) });
    await expect(client.complete(ask())).rejects.toMatchObject({ class: failureClass, item: 'unanswered' });
    expect(server.bodies.length).toBeGreaterThan(5);
  });

  it.each([400, 422])('does not ask again after %i, and says that only this request failed', async (code) => {
    const { server, client } = await script([status(code), answer('fine')]);
    await expect(client.complete(ask())).rejects.toMatchObject({ class: 'invalid', item: 'rejected' });
    expect((await client.complete(ask())).text).toBe('fine');
    expect(server.bodies).toHaveLength(2);
  });

  it.each([
    [404, 'invalid'],
    [401, 'auth'],
    [403, 'auth'],
  ] as const)('does not ask again after %i, which every request would get', async (code, failureClass) => {
    const { server, client } = await script([status(code)]);
    const error: unknown = await client.complete(ask()).catch((each: unknown) => each);
    expect(error).toMatchObject({ class: failureClass });
    expect(error).not.toHaveProperty('item');
    expect(server.bodies).toHaveLength(1);
  });

  it('waits as long as Retry-After says', async () => {
    let asked = 0;
    const waits: number[] = [];
    const { client } = await script([(response, request, body) => {
      waits.push(performance.now() - asked);
      asked = performance.now();
      (waits.length === 1 ? status(429, { headers: { 'retry-after': '1' } }) : answer('fine'))(response, request, body);
    }]);
    await client.complete(ask());
    expect(waits[1]).toBeGreaterThanOrEqual(990);
  });

  it('names the endpoint, its URL and the next action when nobody listens', async () => {
    const { server, client } = await script([], { endpoint: endpointOf({ outage: 0 }) });
    await server.close();
    await expect(client.complete(ask())).rejects.toMatchObject({
      class: 'unavailable',
      message: `endpoint strong at ${server.url} refused the connection; start the server, or correct the url in codepmp.config.yaml`,
    });
  });

  it('keeps the key out of messages, also where the endpoint repeats it', async () => {
    const { client } = await script([status(401, { body: { error: { message: 'no such key: secret-key' } } })], { credentials });
    const error: unknown = await client.complete(ask()).catch((each: unknown) => each);
    expect(inspect(error, { depth: 10 })).toContain('answered 401: no such key: ***');
    expect(inspect(error, { depth: 10 })).not.toContain('secret-key');
  });

  it('never has more requests in flight than its limit', async () => {
    const { server, client } = await script([(...turn) => setTimeout(() => answer('fine')(...turn), 5)]);
    await Promise.all(Array.from({ length: 40 }, () => client.complete(ask())));
    expect(server.peak()).toBe(4);
    expect(server.bodies).toHaveLength(40);
  });
});

describe('an abort', () => {
  it('ends requests in flight and requests that wait for their turn at once', async () => {
    const { server, client } = await script([() => undefined]);
    const stop = new AbortController();
    const asked = Array.from({ length: 6 }, () => client.complete(ask({ signal: stop.signal })));
    await expect.poll(() => server.bodies.length).toBe(4);
    stop.abort(new Error('cancelled'));
    const ended = await Promise.allSettled(asked);
    expect(ended.map((each) => (each.status === 'rejected' ? String(each.reason) : each.status))).toEqual(
      Array(6).fill('Error: cancelled'),
    );
    await expect.poll(() => server.open()).toBe(0);
    expect(server.bodies).toHaveLength(4);
  });

  it('ends a wait between two tries', async () => {
    const { client } = await script([status(429, { headers: { 'retry-after': '4' } })]);
    const stop = new AbortController();
    const asked = client.complete(ask({ signal: stop.signal }));
    setTimeout(() => stop.abort(new Error('cancelled')), 50);
    await expect(asked).rejects.toThrow('cancelled');
  });
});
