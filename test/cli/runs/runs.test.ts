import { execa } from 'execa';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopServices } from '../../../cli/supervisor/index.ts';
import { temporalServer } from '../../server.ts';
import { checkout, until } from '../supervisor/services-rig.ts';

/** An endpoint that keeps every request waiting until it is opened. */
async function gate() {
  const waiting: ServerResponse[] = [];
  let isOpen = false;
  const answer = (response: ServerResponse): void => {
    const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'It adds two numbers.' } }];
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        id: 'a',
        object: 'chat.completion',
        created: 0,
        model: 'gated',
        choices,
        usage: { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14 },
      }),
    );
  };
  const server = createServer((request, response) => {
    request.resume().on('end', () => (isOpen ? answer(response) : void waiting.push(response)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: () => waiting.length,
    open: () => {
      isOpen = true;
      waiting.splice(0).forEach(answer);
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const pipeline = `codepmp: 1
name: gated
models:
  gated: {endpoint: gated, temperature: 0, top_p: 1, max_tokens: 96}
steps:
  code:    {uses: source/files, with: {source: mine, include: ["*.py"], characters: {min: 1, max: 900}, take: 2, seed: 1}}
  prompts: {uses: summarize, with: {corpus: code, model: gated}}
`;

let folder: string;
let endpoint: Awaited<ReturnType<typeof gate>>;
const store = (): string => join(folder, '.codepmp');

/** Starts a command in the folder. */
function start(args: string[], env: { [name: string]: string } = {}) {
  const cache = { NODE_COMPILE_CACHE: join(checkout, '.setup', 'cache') };
  return execa(process.execPath, [join(checkout, 'cli', 'main.ts'), ...args], { cwd: folder, reject: false, env: { ...cache, ...env } });
}

const sized = 'stty rows 24 cols 80; exec "$@"';
const onTerminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])) % 256)';

/**
 * Starts a command in the folder at a terminal of its own: what is written to its standard input is typed there, what it shows is
 * its standard output.
 */
function startOnTerminal(args: string[]) {
  const env = { NODE_COMPILE_CACHE: join(checkout, '.setup', 'cache'), CI: '', TERM: 'xterm' };
  const python = join(checkout, '.setup', 'python', 'bin', 'python');
  return execa(python, ['-c', onTerminal, 'sh', '-c', sized, 'sh', process.execPath, join(checkout, 'cli', 'main.ts'), ...args], {
    cwd: folder,
    reject: false,
    env,
    stdin: 'pipe',
  });
}

/** What a command has said so far on standard error. */
function talkOf(command: ReturnType<typeof start>): string {
  const said = talks.get(command) ?? { text: '' };
  if (!talks.has(command)) {
    talks.set(command, said);
    command.stderr.on('data', (part: Buffer) => (said.text += part.toString()));
  }
  return said.text;
}

const talks = new Map<ReturnType<typeof start>, { text: string }>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codepmp-runs-'));
  endpoint = await gate();
  await mkdir(join(folder, 'src'));
  for (const name of ['a', 'b']) await writeFile(join(folder, 'src', `${name}.py`), `def ${name}(x, y):\n    return x + y\n`);
  await writeFile(
    join(folder, 'codepmp.config.yaml'),
    `codepmp_config: 1\nendpoints:\n  gated: {url: "${endpoint.url}", model: gated}\nsources:\n  mine: {path: src}\n`,
  );
  await writeFile(join(folder, 'pipeline.yaml'), pipeline);
});
afterAll(async () => {
  await stopServices(store());
  endpoint.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

describe('a run', () => {
  let run = '';

  it('goes on when the command that started it is interrupted', async () => {
    const command = start(['run', 'pipeline.yaml']);
    await until(
      'the run is said to have started, and the endpoint is asked',
      () => talkOf(command).includes('started') && endpoint.asked() === 2,
      150,
    );
    command.kill('SIGINT');
    const { exitCode, stdout, stderr: talk } = await command;
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(talk).toContain('Detached');
    run = /codepmp watch (\S+)/.exec(talk)?.[1] ?? '';
    expect(run).toMatch(/^gated-\d{8}-\d{6}-[0-9a-f]{4}$/);
    expect(talk).toContain(`codepmp cancel ${run}`);
  });

  it('goes on when Ctrl-C is typed where it is watched', async () => {
    const command = startOnTerminal(['watch', run]);
    let shown = '';
    command.stdout.on('data', (part: Buffer) => (shown += part.toString()));
    await until('the run is shown', () => shown.includes('prompts'), 150);
    command.stdin.write('\x03');
    const { exitCode, stdout } = await command;
    expect({ exitCode, talk: stripVTControlCharacters(stdout).replaceAll('\r', '') }).toEqual({
      exitCode: 130,
      talk: expect.stringContaining(`Detached; ${run} continues.\n\n  codepmp watch ${run}`),
    });
  });

  it('is listed and shown while it goes on', async () => {
    const listed = JSON.parse((await start(['list', '--json'])).stdout) as object[];
    expect(listed).toMatchObject([{ run, status: 'running', nodes: { total: 2, ran: 1 } }]);
    const { stdout } = await start(['status', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      run,
      status: 'running',
      units: [
        { id: 'code', state: 'done' },
        { id: 'prompts', state: 'running' },
      ],
    });
    const shown = JSON.parse((await start(['show', 'code', '-n', '1', '--json'])).stdout) as { rows: number; items: object[] };
    expect(shown).toMatchObject({ rows: 2, items: [{ path: expect.stringMatching(/^[ab]\.py$/) }] });
    expect((await start(['show', 'prompts'])).stderr).toContain('running, 0 rows so far');
  });

  it('is over when cancel returns', async () => {
    const { exitCode, stdout } = await start(['cancel', run, '--json']);
    expect({ exitCode, ...JSON.parse(stdout) }).toEqual({ exitCode: 0, run, status: 'cancelled' });
    const watched = await start(['watch', run]);
    expect(watched.exitCode).toBe(3);
    expect(watched.stderr).toContain(`${run} cancelled after`);
    expect(watched.stderr).toContain(`codepmp resume ${run}`);
  });

  it('is watched with the configuration that its worker has, which is said where another one is given', async () => {
    await writeFile(join(folder, 'other.yaml'), 'codepmp_config: 1\n');
    const { stderr } = await start(['watch', run, '--config', 'other.yaml']);
    expect(stderr).toContain(`the worker goes on with ${join(folder, 'codepmp.config.yaml')}, not with ${join(folder, 'other.yaml')}: only`);
  });

  it('is resumed from the file as it was, and reuses what was done', async () => {
    await writeFile(join(folder, 'pipeline.yaml'), 'not a pipeline any more\n');
    endpoint.open();
    const { exitCode, stdout } = await start(['resume', run, '--json']);
    const lines = stdout.split('\n').map((line) => JSON.parse(line) as { type: string });
    expect(exitCode).toBe(0);
    expect(lines[0]).toMatchObject({ type: 'run', run: expect.not.stringContaining(run) });
    expect(lines.at(-1)).toMatchObject({
      type: 'result',
      status: 'succeeded',
      nodes: { total: 2, ran: 1, reused: 1 },
      calls: { gated: 2 },
      training_steps: 0,
    });
  });

  it('is foreseen by plan once it was done', async () => {
    await writeFile(join(folder, 'pipeline.yaml'), pipeline);
    const { stdout } = await start(['plan', 'pipeline.yaml', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ totals: { nodes: 2, reused: 0, reused_if_unchanged: 2, to_run: 0 } });
  });

  it('that nobody knows is named by cancel and watch', async () => {
    const { exitCode, stderr } = await start(['cancel', 'nobody']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('there is no run nobody');
    expect((await start(['watch', 'nobody'])).stderr).toContain(`there is no run nobody in ${store()}. The newest are:`);
  });

  it('leaves services that doctor finds well and dev stop ends', async () => {
    const { findings } = JSON.parse((await start(['doctor', '--json'])).stdout) as {
      findings: { what: string; found: string; next?: string }[];
    };
    expect(findings.find(({ what }) => what === 'server')?.found).toContain('embedded');
    expect(findings.filter(({ what, next }) => ['server', 'worker'].includes(what) && next !== undefined)).toEqual([]);
    expect(JSON.parse((await start(['dev', 'stop', '--json'])).stdout)).toMatchObject({ stopped: true });
    expect(JSON.parse((await start(['dev', 'status', '--json'])).stdout)).toMatchObject({ running: false });
  });
});

describe('a server that somebody else runs', () => {
  it('is used where it is named, and a run that waits for a worker says so', async () => {
    await using server = await temporalServer();
    const env = { TEMPORAL_ADDRESS: server.address };
    const command = start(['run', 'pipeline.yaml'], env);
    await until('the missing worker is named', () => talkOf(command).includes('no worker polls the task queue codepmp'), 60);
    const worker = start(['worker'], env);
    const { exitCode, stderr } = await command;
    expect(exitCode).toBe(0);
    expect(stderr).toContain('2 nodes: 0 ran, 2 reused');
    worker.kill('SIGTERM');
    expect((await worker).stdout).toContain('"type":"ready"');
    expect(JSON.parse((await start(['dev', 'status', '--json'])).stdout)).toMatchObject({ running: false });
  });
});
