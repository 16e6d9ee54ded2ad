import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ask, generationOf, type Asked } from '../../../activities/group/ask.ts';
import type { ChunkRequest } from '../../../activities/group/ask-missing.ts';
import type { Chunk } from '../../../activities/group/work.ts';
import { createMachine } from '../../../activities/index.ts';
import { createLauncher, createModelServers, openFileStore } from '../../../adapters/index.ts';
import { limitsOf } from '../../../adapters/endpoints/gates.ts';
import { requestOf } from '../../../items/index.ts';
import { digestOf, hashOf } from '../../../plan/keys.ts';
import type { ModelUse } from '../../../plan/index.ts';
import type { Endpoint } from '../../../ports/configuration.ts';
import { endpointDefaults } from '../../../schemas/index.ts';
import { config, planOf } from '../../compile/rig.ts';
import {
  answer,
  cutShort,
  hang,
  reset,
  scriptEndpoint,
  status,
  type Act,
  type ScriptedEndpoint,
} from '../../adapters/endpoints/scripted-endpoint.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-ask-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const [node] = planOf(`codepmp: 1
name: one
models:
  strong: {endpoint: remote, max_tokens: 96}
steps:
  files: {uses: source/files, with: {source: python-stdlib, include: ["*.py"], take: 10}}
  prompts: {uses: summarize, with: {corpus: files, model: strong}}
`).nodes.filter(({ kind }) => kind === 'summarize');
if (!node) throw new Error('no step that asks');
const key = hashOf('generation');

/** Requests for so many items, in the order of their origins. */
function requests(count: number): ChunkRequest[] {
  const origins = Array.from({ length: count }, (_, item) => digestOf(new TextEncoder().encode(`item ${item}`))).sort();
  const messagesOf = (item: number) => [{ role: 'user' as const, content: `Describe item ${item}.` }];
  return origins.map((origin, item) => requestOf({ key, origin, ordinal: 0, input: { messages: messagesOf(item) } }));
}

/** The step that asks, over a real store and a real endpoint. */
async function step(options: { acts?: Act[]; endpoint?: Partial<Endpoint>; reserve?: number; limit?: number } = {}) {
  const { acts = [said], reserve, limit } = options;
  const server = await scriptEndpoint(...acts);
  const usual = { ...endpointDefaults, tries: 1, outage: 0, concurrency: 4 };
  const endpoint = { url: server.url, model: 'm', identity: null, ...usual, ...options.endpoint } as Endpoint;
  const store = await openFileStore({ root, ...(reserve !== undefined && { reserve }) });
  const endpoints = { remote: endpoint };
  const limits = limitsOf({ remote: { ...endpoint, concurrency: limit ?? endpoint.concurrency } });
  const servers = createModelServers({ endpoints, python: 'python3', logs: root, limits, pauses: { first: 1, most: 1 } });
  onTestFinished(async () => {
    await servers.stop();
    await server.close();
  });
  const machine = createMachine();
  const pools = () => ({ launcher: createLauncher({ folder: store.scratch }), machine });
  const dependencies = { store, machine, pools, servers, config: { ...config, endpoints } };
  const progress = { done: 0 };
  const meter = {
    begin: () => {},
    expect: () => {},
    trouble: () => {},
    set: () => {},
    add: (_: string, items: number) => void (progress.done += items),
    addPairs: () => {},
  };
  const chunk = (change: Partial<Chunk> = {}): Chunk => ({
    node: node as NonNullable<typeof node>,
    range: { lo: '', hi: null, items: 10 },
    index: 0,
    again: null,
    content: null,
    round: 0,
    most: Infinity,
    money: Infinity,
    rows: {},
    execution: 'e1',
    attempt: 1,
    signal: new AbortController().signal,
    meter,
    begin: () => {},
    ...change,
  });
  const askFor = (asked: ChunkRequest[], change?: Partial<Chunk>): Promise<Asked> => ask(dependencies, chunk(change), key, asked);
  return { server, dependencies, chunk, askFor, progress };
}

/** Answers with what was asked. */
const said: Act = (response, request, body) => answer(`An answer to: ${contentOf(body)}`)(response, request, body);

function contentOf({ messages }: object & { messages?: unknown }): string {
  return (messages as { content: string }[]).map(({ content }) => content).join();
}

const asks = (server: ScriptedEndpoint): string[] => server.bodies.map(contentOf);

describe('asking for a chunk', () => {
  it('gives every request its own answer and says what was paid', async () => {
    const { server, askFor, progress } = await step();
    const asked = requests(20);
    const { answers, paid } = await askFor(asked);
    for (const { request, input } of asked) expect(answers.get(request)?.text).toBe(`An answer to: ${contentOf(input)}`);
    expect(paid).toEqual({ calls: { remote: 20 }, prompt_tokens: { remote: 140 }, completion_tokens: { remote: 60 } });
    expect(progress.done).toBe(20);
    expect(asks(server).sort()).toEqual(asked.map(({ input }) => contentOf(input)).sort());
    expect(server.bodies.map(({ seed }) => seed).sort()).toEqual(asked.map(({ seed }) => seed).sort());
  });

  it('asks nothing twice, whoever paid for it, and counts only what its own execution paid', async () => {
    const { server, askFor, progress } = await step();
    const asked = requests(6);
    await askFor(asked.slice(0, 4));
    const { answers, paid } = await askFor(asked, { execution: 'e2' });
    expect(progress.done).toBe(4 + 6);
    expect(answers.size).toBe(6);
    expect(paid.calls).toEqual({ remote: 2 });
    expect(server.bodies).toHaveLength(6);
    expect((await askFor(asked, { execution: 'e3' })).paid.calls).toEqual({});
    expect((await askFor(asked.slice(0, 4))).paid.calls).toEqual({ remote: 4 });
    expect(server.bodies).toHaveLength(6);
  });

  it('has no more requests in flight than the endpoint allows, however many chunks ask', async () => {
    const slow: Act = (...turn) => setTimeout(() => said(...turn), 5);
    const { server, askFor } = await step({ acts: [slow], endpoint: { concurrency: 3 } });
    const asked = requests(200);
    await Promise.all([askFor(asked.slice(0, 100)), askFor(asked.slice(100))]);
    expect(server.peak()).toBe(3);
    expect(server.bodies).toHaveLength(200);
  });

  it('has as many requests in flight as the limit in force allows, also where its money is limited', async () => {
    const slow: Act = (...turn) => setTimeout(() => said(...turn), 5);
    const { server, askFor } = await step({ acts: [slow], endpoint: { concurrency: 2, price: { input: 1, output: 1 } }, limit: 6 });
    expect((await askFor(requests(100), { money: 1 })).answers.size).toBe(100);
    expect(server.peak()).toBe(6);
  });

  it('goes on with the other items where one has a prompt that is too long', async () => {
    const tooLong = status(400, { body: { error: { message: 'prompt is too long: 9 tokens > 8 maximum' } } });
    const { askFor } = await step({
      acts: [(response, request, body) => (contentOf(body).includes('item 3.') ? tooLong : said)(response, request, body)],
    });
    const asked = requests(8);
    const { answers, paid } = await askFor(asked);
    expect(asked.map(({ request }) => answers.get(request)?.finish_reason)).toEqual(
      asked.map((_, item) => (item === 3 ? 'prompt_too_long' : 'stop')),
    );
    expect(paid.completion_tokens).toEqual({ remote: 21 });
  });
});

describe('a request that fails alone', () => {
  const refused = status(400, { body: { error: { message: 'unusual characters' } } });
  const refusing = (...items: number[]): Act => (response, request, body) =>
    (items.some((item) => contentOf(body).endsWith(`item ${item}.`)) ? refused : said)(response, request, body);

  it('fails no other, is not paid for, and is asked again by whoever needs it later', async () => {
    const { server, askFor, progress } = await step({ acts: [refusing(3)] });
    const asked = requests(20);
    const { answers, paid } = await askFor(asked);
    expect(asked.map(({ request }) => answers.get(request)?.finish_reason)).toEqual(
      asked.map((_, item) => (item === 3 ? 'rejected' : 'stop')),
    );
    expect(paid.calls).toEqual({ remote: 19 });
    expect(progress.done).toBe(20);
    await askFor(asked, { execution: 'e2' });
    expect(server.bodies).toHaveLength(21);
  });

  it('is one of many, if all others of the chunk are answered already, or if the generation has any answer', async () => {
    const { askFor } = await step({ acts: [refusing(3, 7)] });
    const asked = requests(8);
    const others = asked.filter((_, item) => item !== 3);
    expect((await askFor(others.slice(0, 4))).answers.size).toBe(4);
    const { answers } = await askFor(asked.slice(3, 4));
    expect(answers.get(asked[3]?.request ?? '')?.finish_reason).toBe('rejected');
    expect((await askFor(asked)).answers.size).toBe(8);
  });

  it('ends the chunk where no request was ever answered', async () => {
    const { server, askFor } = await step({ acts: [refused] });
    await expect(askFor(requests(3))).rejects.toMatchObject({
      class: 'invalid',
      message: `endpoint remote at ${server.url} answered 400: unusual characters; check the model name, the URL (it ends in /v1) and the sampling settings`,
    });
  });

  it('ends the chunk where so many fail alike that the others will', async () => {
    const { server, askFor } = await step({ acts: [refused] });
    await expect(askFor(requests(500))).rejects.toMatchObject({ class: 'invalid' });
    expect(server.bodies.length).toBeLessThan(40);
  });
});

describe('a request that was sent and has to be sent again', () => {
  it.each([
    ['counts as paid for where the connection breaks', reset, 1],
    ['counts as paid for where it runs out of time', hang, 1],
    ['counts as paid for where its answer is cut short', cutShort, 1],
    ['does not count where the server said that it failed', status(500), 0],
  ])('%s', async (_, lost, calls) => {
    const endpoint = { tries: 3, outage: 60, concurrency: 1, timeout: 5 };
    const { server, askFor } = await step({ acts: [said, lost, said], endpoint });
    const { answers, paid } = await askFor(requests(4));
    expect([answers.size, server.bodies.length]).toEqual([4, 5]);
    expect(paid).toMatchObject({ calls: { remote: 4 + calls }, completion_tokens: { remote: 12 } });
  });

  it('counts also where the chunk fails then, which says how many there were', async () => {
    const { askFor } = await step({ acts: [said, reset, status(401)], endpoint: { tries: 3, outage: 60, concurrency: 1 } });
    await expect(askFor(requests(4))).rejects.toMatchObject({
      class: 'auth',
      worked: { prompts: { calls: { remote: 2 }, lost: { remote: 1 } } },
    });
  });
});

describe('a later round', () => {
  it('asks again for what has no usable answer, once, and prefers the usable answer from then on', async () => {
    let cut = true;
    const cutting: Act = (response, request, body) =>
      (/item [23]\./.test(contentOf(body)) && cut ? answer('half', { finish_reason: 'length' }) : said)(response, request, body);
    const { server, askFor } = await step({ acts: [cutting] });
    const asked = requests(8);
    const reasonsOf = ({ answers }: Asked) =>
      asked.map(({ request }) => answers.get(request)?.finish_reason).filter((each) => each !== 'stop');
    expect(reasonsOf(await askFor(asked))).toEqual(['length', 'length']);
    expect(reasonsOf(await askFor(asked, { round: 1, execution: 'e2' }))).toEqual(['length', 'length']);
    expect(server.bodies).toHaveLength(8 + 2);
    await askFor(asked, { round: 1, execution: 'e3' });
    expect(server.bodies).toHaveLength(8 + 2);
    cut = false;
    expect(reasonsOf(await askFor(asked, { round: 2, execution: 'e4' }))).toEqual([]);
    expect(server.bodies).toHaveLength(8 + 4);
    expect(reasonsOf(await askFor(asked, { execution: 'e5' }))).toEqual([]);
    expect(server.bodies).toHaveLength(8 + 4);
  });
});

describe('a failure while a chunk is asked for', () => {
  it('keeps and counts what was answered, and the next attempt asks for the rest', async () => {
    const { server, askFor } = await step({ acts: [said, said, said, status(401), said], endpoint: { concurrency: 1 } });
    const asked = requests(10);
    await expect(askFor(asked)).rejects.toMatchObject({
      class: 'auth',
      worked: { prompts: { calls: { remote: 3 }, prompt_tokens: { remote: 21 }, completion_tokens: { remote: 9 } } },
    });
    expect(server.bodies).toHaveLength(4);
    const { answers, paid } = await askFor(asked, { attempt: 2 });
    expect(answers.size).toBe(10);
    expect(paid.calls).toEqual({ remote: 10 });
    expect(server.bodies).toHaveLength(11);
  });

  it('asks for no more than the budget leaves, over all attempts, and keeps what was answered', async () => {
    const { server, askFor } = await step({ acts: [said, said, status(401), said], endpoint: { concurrency: 1 } });
    const asked = requests(10);
    await expect(askFor(asked, { most: 5 })).rejects.toMatchObject({ class: 'auth' });
    await expect(askFor(asked, { most: 5, attempt: 2 })).rejects.toMatchObject({
      class: 'calls-spent',
      message: 'prompts: the budget of the run leaves no call for 5 of its requests',
      worked: { prompts: { calls: { remote: 5 } } },
    });
    expect(server.bodies).toHaveLength(1 + 5);
    expect((await askFor(asked, { execution: 'e2' })).paid.calls).toEqual({ remote: 5 });
    expect((await askFor(asked, { execution: 'e3', most: 0 })).paid.calls).toEqual({});
  });

  it('sends no more requests once the answers have cost what the budget leaves, over all attempts, and keeps what was answered', async () => {
    const price = { input: 0, output: 1e6 / 3 };
    const { server, askFor } = await step({ endpoint: { concurrency: 2, price } });
    const asked = requests(20);
    const spent = { class: 'calls-spent', worked: { prompts: { calls: { remote: expect.any(Number) } } } };
    await expect(askFor(asked, { money: 5 })).rejects.toMatchObject(spent);
    const sent = server.bodies.length;
    expect([5, 6]).toContain(sent);
    await expect(askFor(asked, { money: 5, attempt: 2 })).rejects.toMatchObject(spent);
    expect(server.bodies).toHaveLength(sent);
    const { answers, paid } = await askFor(asked, { money: 100, execution: 'e2' });
    expect([answers.size, paid.calls]).toEqual([20, { remote: 20 - sent }]);
  });

  it('ends the requests in flight and asks no more', async () => {
    const { server, askFor } = await step({ acts: [hang, hang, hang, status(403)] });
    await expect(askFor(requests(40))).rejects.toMatchObject({ class: 'auth' });
    expect(server.bodies).toHaveLength(4);
    await expect.poll(() => server.open()).toBe(0);
  });

  it('is the reason of the abort where the step is cancelled, a while after which nothing is in flight', async () => {
    const { server, askFor } = await step({ acts: [said, hang], endpoint: { concurrency: 1 } });
    const stop = new AbortController();
    const cancelled = askFor(requests(5), { signal: stop.signal }).catch((error: unknown) => error);
    await expect.poll(() => server.bodies.length).toBe(2);
    stop.abort(new Error('cancelled'));
    expect(await cancelled).toMatchObject({ message: 'cancelled', worked: { prompts: { calls: { remote: 2 } } } });
    await expect.poll(() => server.open()).toBe(0);
  });

  it('does not waste the requests in flight where the step is cancelled: nothing more is sent, and their answers are kept', async () => {
    const slow: Act = (...turn) => setTimeout(() => said(...turn), 300);
    const { server, askFor } = await step({ acts: [slow, slow, said], endpoint: { concurrency: 2 } });
    const stop = new AbortController();
    const asked = requests(5);
    const cancelled = askFor(asked, { signal: stop.signal }).catch((error: unknown) => error);
    await expect.poll(() => server.bodies.length).toBe(2);
    stop.abort(new Error('cancelled'));
    expect(await cancelled).toMatchObject({ message: 'cancelled', worked: { prompts: { calls: { remote: 2 }, completion_tokens: { remote: 6 } } } });
    expect(server.bodies).toHaveLength(2);
    expect((await askFor(asked, { execution: 'e2' })).paid.calls).toEqual({ remote: 3 });
    expect(server.bodies).toHaveLength(5);
  });

  it('is the reason also where the ledger cannot be read any more', async () => {
    const breaks: Act = (...request) => {
      rmSync(join(root, 'ledger'), { recursive: true, force: true });
      writeFileSync(join(root, 'ledger'), 'no folder');
      status(401)(...request);
    };
    const { askFor } = await step({ acts: [breaks, status(401)], endpoint: { concurrency: 1 } });
    await expect(askFor(requests(5))).rejects.toMatchObject({ class: 'auth', worked: { prompts: { calls: {} } } });
  });

  it('comes before anything is paid where the disk is full', async () => {
    const { server, askFor } = await step({ reserve: Number.MAX_SAFE_INTEGER });
    await expect(askFor(requests(5))).rejects.toMatchObject({ name: 'DiskFull', class: 'unavailable' });
    expect(server.bodies).toEqual([]);
  });
});

describe('an endpoint that is served on this machine', () => {
  it('waits until no process has the machine, and leaves the machine also where it does not start', async () => {
    const serve = { weights: join(root, 'missing.gguf'), threads: 1, slots: 1, context: 64 };
    const { dependencies, askFor } = await step({ endpoint: { serve } as Partial<Endpoint> });
    const never = new AbortController().signal;
    const claim = { step: 'rm', job: 'job', isSubmitted: false };
    const leave = await dependencies.machine.exclusive(never, claim);
    const waiting = vi.spyOn(dependencies.machine, 'shared');
    const events: string[] = [];
    const asked = askFor(requests(1), { begin: () => events.push('begun') }).catch((error: Error) => events.push(error.message));
    await expect.poll(() => waiting.mock.calls.length).toBeGreaterThan(0);
    const turn = dependencies.machine.exclusive(never, claim).then((done) => (events.push('process'), done));
    leave();
    await asked;
    (await turn)();
    expect(events).toEqual(['begun', expect.stringContaining('missing.gguf does not exist'), 'process']);
  });
});

describe('the key of a generation', () => {
  it('is another for a run that asks again, and for another way of sampling, and not for another name or endpoint of the same weights', async () => {
    const { chunk } = await step();
    const withModel = (change: Partial<ModelUse>) => {
      const whole = chunk();
      return { ...whole, node: { ...whole.node, models: { model: { ...(whole.node.models['model'] as ModelUse), ...change } } } };
    };
    const shared = generationOf(chunk(), 'template');
    expect(generationOf(withModel({ name: 'other', endpoint: 'elsewhere' }), 'template')).toBe(shared);
    expect(generationOf(withModel({ stop: ['\n'] }), 'template')).not.toBe(shared);
    expect(generationOf(chunk({ again: 'run-2' }), 'template')).not.toBe(shared);
    expect(generationOf(chunk({ again: 'run-2' }), 'template')).not.toBe(generationOf(chunk({ again: 'run-3' }), 'template'));
    expect(generationOf(chunk(), 'another template')).not.toBe(shared);
  });
});
