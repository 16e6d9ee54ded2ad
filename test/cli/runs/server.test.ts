import { Client, WorkflowNotFoundError } from '@temporalio/client';
import { once } from 'node:events';
import { connect as dial, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { askServer, wantedOf } from '../../../cli/runs/server.ts';
import { openConnection } from '../../../cli/supervisor/index.ts';
import { loadConfig } from '../../../compile/index.ts';
import type { RunProgress } from '../../../plan/index.ts';
import { endpointDefaults } from '../../../schemas/index.ts';
import { temporalServer } from '../../server.ts';
import type { TestServer } from '../../server.ts';
import { recordedFolder } from '../recorded-runs.ts';

let real: TestServer;
beforeAll(async () => {
  real = await temporalServer();
});
afterAll(() => real[Symbol.asyncDispose]());

/** Lets everything through to a server, until it is told to hold it back. */
async function relayTo(address: string) {
  const [host = '', port = ''] = address.split(':');
  const sockets: Socket[] = [];
  const relay = createServer((client) => {
    const server = dial(Number(port), host);
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) sockets.push(socket.on('error', () => undefined));
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return {
    address: `127.0.0.1:${(relay.address() as AddressInfo).port}`,
    hold: () => sockets.forEach((socket) => socket.pause()),
    release: () => sockets.forEach((socket) => socket.resume()),
    [Symbol.dispose]: () => {
      sockets.forEach((socket) => socket.destroy());
      relay.close();
    },
  };
}

describe('a Temporal server', () => {
  test('of our own is reached without the proxies of the environment', async () => {
    for (const name of ['http_proxy', 'https_proxy', 'grpc_proxy']) vi.stubEnv(name, 'http://127.0.0.1:9');
    try {
      const connection = await openConnection({ address: real.address, connectTimeout: 10_000 });
      await connection.close();
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test.concurrent('that is busy is asked once more', async () => {
    using relay = await relayTo(real.address);
    const connection = await openConnection({ address: relay.address, connectTimeout: 10_000 });
    const handle = new Client({ connection }).workflow.getHandle('nothing');
    let tries = 0;
    relay.hold();
    const asked = askServer({ connection, address: relay.address }, () => {
      tries++;
      if (tries === 2) relay.release();
      return handle.describe();
    });
    await expect(asked).rejects.toThrow(WorkflowNotFoundError);
    expect(tries).toBe(2);
    await connection.close();
  });

  test.concurrent('that does not answer twice ends a command with 4', async () => {
    using relay = await relayTo(real.address);
    const connection = await openConnection({ address: relay.address, connectTimeout: 10_000 });
    relay.hold();
    const asked = askServer({ connection, address: relay.address }, () =>
      new Client({ connection }).workflow.getHandle('nothing').cancel(),
    );
    await expect(asked).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/^the Temporal server at 127\.0\.0\.1:\d+ does not answer: .+\. Start the same command again$/),
    });
    await connection.close();
  });
});

test('commands for which a named server does not answer end with 4 and a sentence, and show what the store has', async () => {
  await using user = await recordedFolder();
  const silent = createServer((socket) => void socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  await user.write('codepmp.config.yaml', `codepmp_config: 1\ntemporal: {address: "${address}"}\n`);
  const open: RunProgress = { run: 'r-1', name: 'r', status: 'running', started: Date.now(), units: [] };
  await user.store.note('runs/r-1/progress.json', new TextEncoder().encode(JSON.stringify(open)));
  const sentence = `cannot connect to the Temporal server at ${address}, set in ${user.path}/codepmp.config.yaml: it took too long. Start it or correct the address; if none is set, codepmp starts its own server`;
  const [watch, cancel, retry, status, list] = await Promise.all(
    ['watch', 'cancel r-1', 'retry', 'status', 'list'].map((words) => user.codepmp(...words.split(' '))),
  );
  for (const refused of [watch, cancel, retry]) expect(refused).toEqual({ exitCode: 4, stdout: '', stderr: `codepmp: ${sentence}` });
  for (const shown of [status, list]) {
    expect(shown?.exitCode).toBe(4);
    expect(shown?.stdout).toMatch(/r-1 +running/);
    expect(shown?.stderr.split('\n')[0]).toBe(`${sentence}. This is the last state in the store`);
  }
  silent.close();
});

test('the worker is given the variables that the configuration and proxies need', () => {
  const { config } = loadConfig({ folder: '/nowhere', home: '/home-of-codepmp' });
  const endpoint = { url: 'http://127.0.0.1:9000/v1', model: 'm', identity: null, ...endpointDefaults };
  const headers = { 'X-Project': { env: 'MY_PROJECT' }, 'X-Title': 'study' };
  const endpoints = { a: { ...endpoint, key: { env: 'MY_KEY' } }, b: { ...endpoint, key: { file: '/k' } }, c: { ...endpoint, headers } };
  const github = { ...config.github, token: { env: 'MY_TOKEN' } };
  expect(wantedOf({ folder: '/work', config: { ...config, endpoints, github } }, { asker: 7 })).toEqual({
    folder: '/work',
    config: null,
    variables: ['MY_KEY', 'MY_PROJECT', 'MY_TOKEN', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
    asker: 7,
  });
});
