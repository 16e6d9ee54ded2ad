import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { hasSshd, startSshNodes } from '../adapters/launchers/sshd.ts';
import { recordedFolder } from './recorded-runs.ts';

it('asks each endpoint with its key, and whatever is no answer needs an action', async () => {
  await using user = await recordedFolder();
  const server = createServer(({ url, headers }, response) => {
    if (url === '/page/models') return void response.end('<html><title>A page</title></html>');
    response.statusCode = url !== '/v1/models' ? 404 : headers.authorization === 'Bearer right' ? 200 : 401;
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    for (const key of ['right', 'wrong', ' ']) await writeFile(join(user.path, `${key.trim()}.key`), `${key}\n`);
    await writeFile(join(user.path, 'copied.key'), 'ri\u200bght\n');
    const endpoints = {
      well: ['v1', 'right'],
      refused: ['v1', 'wrong'],
      lost: ['v2', 'right'],
      keyless: ['v1', ''],
      copied: ['v1', 'copied'],
      page: ['page', 'right'],
    };
    const lines = Object.entries(endpoints).map(
      ([name, [path, key]]) => `  ${name}: {url: "${at}/${path}", model: m, key: {file: ${key}.key}}\n`,
    );
    await user.write('codepmp.config.yaml', `codepmp_config: 1\nendpoints:\n${lines.join('')}`);
    const { exitCode, stdout } = await user.codepmp('doctor', '--json');
    const { findings } = JSON.parse(stdout) as { findings: { what: string; found: string; next?: string }[] };
    const of = (name: string) => findings.find(({ what }) => what === `endpoint ${name}`);
    const placeOf = (setting: string) => `endpoints.${setting} in ${join(user.path, 'codepmp.config.yaml')}`;
    expect(exitCode).toBe(1);
    expect(of('well')).toEqual({ what: 'endpoint well', found: `${at}/v1 answers (200)` });
    expect(of('refused')).toMatchObject({
      found: `${at}/v1/models answers with an error (401)`,
      next: `correct ${placeOf('refused.key')}, or the permissions of the key`,
    });
    expect(of('lost')).toMatchObject({
      found: `${at}/v2/models answers with an error (404)`,
      next: `correct ${placeOf('lost.url')}, or check the server`,
    });
    expect(of('page')).toMatchObject({
      found: `${at}/page/models answers with the web page "A page"`,
      next: `correct ${placeOf('page.url')}, or check the server`,
    });
    expect(of('keyless')).toMatchObject({ found: `the file ${join(user.path, '.key')} is missing or empty` });
    expect(of('copied')).toMatchObject({ found: `the file ${join(user.path, 'copied.key')} has a character that no header can carry` });
  } finally {
    server.close();
  }
});

it('says which weights cannot be trained', async () => {
  await using user = await recordedFolder();
  await mkdir(join(user.path, 'pythia'));
  await user.write('pythia/config.json', JSON.stringify({ model_type: 'gpt_neox' }));
  await user.write('codepmp.config.yaml', 'codepmp_config: 1\nweights: {base: {path: pythia}}\n');
  const { exitCode, stdout } = await user.codepmp('doctor', '--json');
  const { findings } = JSON.parse(stdout) as { findings: { what: string; found: string; next?: string }[] };
  expect(exitCode).toBe(1);
  expect(findings.find(({ what }) => what === 'weights base')).toEqual({
    what: 'weights base',
    found: `${join(user.path, 'pythia')} cannot be trained: model_type gpt_neox`,
    next: 'use a model of type gemma, gemma2, gemma3_text, llama, mistral, olmo2, phi3, qwen2, qwen3, smollm3 as a base',
  });
});

it.skipIf(!hasSshd)('looks at the nodes of a pool: each answers, and sees the store', async () => {
  await using user = await recordedFolder();
  const keys = join(user.path, 'keys');
  await mkdir(keys);
  const { config, stop } = await startSshNodes(keys, ['n1']);
  onTestFinished(stop);
  await user.write('codepmp.config.yaml', `codepmp_config: 1\npools: {lab: {launcher: ssh, hosts: [n1, n9.invalid], ssh_config: ${config}}}\n`);
  const { exitCode, stdout } = await user.codepmp('doctor', '--pool', 'lab', '--json');
  expect(exitCode).toBe(1);
  const { findings } = JSON.parse(stdout) as { findings: { what: string; found: string; next?: string }[] };
  expect(findings).toEqual([
    { what: 'pool lab, n1', found: `${hostname()}, Node ${process.version}` },
    {
      what: 'pool lab, n9.invalid',
      found: expect.stringContaining('Could not resolve hostname n9.invalid'),
      next: 'make ssh n9.invalid work without a question, or correct hosts',
    },
  ]);
});
