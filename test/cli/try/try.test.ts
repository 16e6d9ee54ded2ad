import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopServices } from '../../../cli/supervisor/index.ts';
import { runCommand } from '../command.ts';

/** An endpoint that describes code, and writes code for a description; counts what it is asked. */
async function endpoint() {
  let asked = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      asked += 1;
      const content = body.includes('Describe what this')
        ? 'It adds two numbers and gives back their sum, for any two of them.'
        : '```python\ndef add(x, y):\n    return x + y\n```';
      const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }];
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          id: 'a',
          object: 'chat.completion',
          created: 0,
          model: 'mock',
          choices,
          usage: { prompt_tokens: 50, completion_tokens: 10, total_tokens: 60 },
        }),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked: () => asked, close: () => server.close() };
}

/** An endpoint that refuses the key. */
async function refusing() {
  const server = createServer(
    (request, response) =>
      void request
        .resume()
        .on('end', () => response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"message":"no such key"}}')),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, close: () => server.close() };
}

const pipeline = `codepmp: 1
name: tried
models:
  mock: {endpoint: mock, temperature: 0, top_p: 1, max_tokens: 96}
steps:
  code:    {uses: source/files, with: {source: mine, include: ["*.py"], characters: {min: 1, max: 900}, take: 4, seed: 1}}
  prompts: {uses: summarize, with: {corpus: code, model: mock}}
  short:   {uses: clip, with: {prompts: prompts, keep: 0.5}}
  answers: {uses: respond, with: {prompts: prompts, model: mock}}
  data:    {uses: dataset/arithmetic}
targets: [answers, short, data]
`;

let folder: string;
let mock: Awaited<ReturnType<typeof endpoint>>;
let nobody: Awaited<ReturnType<typeof refusing>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codepmp-try-'));
  mock = await endpoint();
  nobody = await refusing();
  await mkdir(join(folder, 'src'));
  for (const name of ['a', 'b', 'c', 'd']) await writeFile(join(folder, 'src', `${name}.py`), `def ${name}(x, y):\n    return x + y\n`);
  await writeFile(
    join(folder, 'codepmp.config.yaml'),
    `codepmp_config: 1\nendpoints:\n  mock: {url: "${mock.url}", model: mock}\n  nobody: {url: "${nobody.url}", model: mock}\nsources:\n  mine: {path: src}\n`,
  );
  await writeFile(join(folder, 'pipeline.yaml'), pipeline);
});
afterAll(async () => {
  await stopServices(join(folder, '.codepmp'));
  mock.close();
  nobody.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

const codepmp = (...args: string[]) => runCommand(folder, args);

function linesOf(stdout: string): { type: string; [key: string]: unknown }[] {
  return stdout.split('\n').map((line) => JSON.parse(line) as { type: string });
}

describe('try', () => {
  it('runs a step and what it needs on a few items, and prints what went in and what came out', async () => {
    const { exitCode, stdout, stderr } = await codepmp('try', 'answers', 'pipeline.yaml', '-n', '2');
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    const [first, second, ...others] = stdout.split('\n\n').map((part) => part.replace(/[abcd]\.py/, 'X.py'));
    expect(others).toEqual([]);
    const block = (number: number): string =>
      `── ${number} ── X.py, ok, 10 tokens\nprompt:\n    It adds two numbers and gives back their sum, for any two of them.\nanswer:\n    def add(x, y):\n        return x + y`;
    expect([first, second]).toEqual([block(1), block(2)]);
    expect(stderr).toContain('answers: 2 items; 4 calls paid (4 answers, 200 tokens sent and 40 received)');
    expect(stderr).not.toContain('model calls:');
    expect(stderr).not.toContain('codepmp dev stop');
    expect(mock.asked()).toBe(4);
  });

  it('pays for nothing twice', async () => {
    const { stdout } = await codepmp('try', 'short', 'pipeline.yaml', '-n', '2', '--json');
    const tried = linesOf(stdout).at(-1);
    expect(tried).toMatchObject({
      type: 'tried',
      step: 'short',
      calls: {},
      answers: 2,
      items: [{ status: 'ok', texts: { 'prompt before': expect.stringContaining('adds two numbers'), prompt: expect.any(String) } }, {}],
    });
    expect(mock.asked()).toBe(4);
    const run = await codepmp('run', 'pipeline.yaml', '--json');
    expect(linesOf(run.stdout).at(-1)).toMatchObject({ status: 'succeeded', calls: { mock: 4 } });
    expect(mock.asked()).toBe(8);
  });

  it('shows what the steps before have made where it fails', async () => {
    await writeFile(
      join(folder, 'failing.yaml'),
      pipeline
        .replace('targets:', '  other: {uses: respond, with: {prompts: prompts, model: nobody}}\ntargets:')
        .replace('steps:', '  nobody: {endpoint: nobody, temperature: 0, top_p: 1, max_tokens: 96}\nsteps:')
        .replace('[answers,', '[answers, other,'),
    );
    const { exitCode, stdout, stderr } = await codepmp('try', 'other', 'failing.yaml', '-n', '2');
    expect({ exitCode, items: stdout.split('\n\n').map((part) => part.replace(/[abcd]\.py/, 'X.py').split('\n')[0]) }).toEqual({
      exitCode: 1,
      items: ['── 1 ── X.py, ok, 10 tokens', '── 2 ── X.py, ok, 10 tokens'],
    });
    expect(stderr).toContain('prompts: 2 items; 2 answers, 100 tokens sent and 20 received');
    expect(stderr).toContain(' failed (auth): ');
    expect(stderr).toContain('codepmp try other failing.yaml -n 2');
  });

  it('says in which order step and file come where they are swapped', async () => {
    const { exitCode, stderr } = await codepmp('try', 'pipeline.yaml', 'answers');
    expect(stderr).toBe('codepmp: answers is no file. The step comes before the file: codepmp try answers pipeline.yaml');
    expect(exitCode).toBe(2);
  });

  it('refuses a step that is not made item by item, and names those that are', async () => {
    const { exitCode, stderr } = await codepmp('try', 'data', 'pipeline.yaml');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'data (dataset/arithmetic) cannot be tried: try is for item-wise steps. Item-wise steps here: prompts, short, answers. To run the whole pipeline on a few items: codepmp run FILE --sample 3',
    );
    expect(await codepmp('try', 'anwsers', 'pipeline.yaml')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('there is no step anwsers in this plan'),
    });
    expect((await codepmp('try', 'answers', 'pipeline.yaml', '-n', '0')).exitCode).toBe(2);
  });
});

describe('resume over what was run', () => {
  it('does a step once more with --from, over the answers that are paid for', async () => {
    const { exitCode, stdout } = await codepmp('resume', '--from', 'code', '--json');
    expect(exitCode).toBe(0);
    const result = linesOf(stdout).at(-1) as unknown as { nodes: { ran: number; reused: number }; calls: object };
    expect(result.nodes.ran).toBeGreaterThan(0);
    expect(result.calls).toEqual({});
    expect(mock.asked()).toBe(8);
  });

  it('of a trial is a trial, which is not the newest run', async () => {
    const list = async () => JSON.parse((await codepmp('list', '--json')).stdout) as { run: string }[];
    const trial = (await list()).findLast(({ run }) => run.includes('-try-'))?.run ?? '';
    const [newest] = (await list()).filter(({ run }) => !run.includes('-try-'));
    expect((await codepmp('resume', trial, '--json')).exitCode).toBe(0);
    expect((await list()).filter(({ run }) => !run.includes('-try-'))[0]).toEqual(newest);
  });

  it('of an edited file shows the difference and runs what follows from it', async () => {
    await writeFile(join(folder, 'pipeline.yaml'), pipeline.replace('keep: 0.5', 'keep: 0.25'));
    const { exitCode, stderr } = await codepmp('resume', 'pipeline.yaml');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('keep 0.5 → 0.25');
  });

  it('leaves records that rm removes', async () => {
    const before = JSON.parse((await codepmp('list', '--json')).stdout) as { run: string }[];
    const { exitCode, stderr } = await codepmp('rm', before[0]?.run ?? '', '--yes');
    expect({ exitCode, stderr: stderr.includes('is deleted') }).toEqual({ exitCode: 0, stderr: true });
    expect(JSON.parse((await codepmp('list', '--json')).stdout)).toHaveLength(before.length - 1);
  });
});
