import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { freePort } from '../../cli/supervisor/ports.ts';
import { checkout } from './supervisor/services-rig.ts';
import { runCommand } from './command.ts';

interface Folder extends AsyncDisposable {
  path: string;
  write(name: string, text: string): Promise<void>;
  codepmp(args: string[], env?: { [name: string]: string }): Promise<{ exitCode: number; stdout: string; stderr: string }>;
}

/** An empty folder of a user. */
async function folder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'codepmp-commands-'));
  return {
    path,
    write: async (name, text) => {
      await mkdir(join(path, name, '..'), { recursive: true });
      await writeFile(join(path, name), text);
    },
    codepmp: (args, env = {}) => runCommand(path, args, { env }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

const wrong = `codepmp: 1
name: wrong
models:
  strong: {endpoint: local-strong, temperature: 0.3, top_p: 1, max_tokens: 96}
steps:
  code: {uses: source/files, with: {sorce: python-stdlib, take: 3, seed: 1}}
  prompts: {uses: summarize, with: {corpus: cod, model: strong}}
`;

describe('every command', () => {
  it.each(commands.map(({ name, summary }) => [name, summary]))('%s explains itself', async (name, summary) => {
    await using user = await folder();
    const { exitCode, stdout, stderr } = await user.codepmp([name, '--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(`Usage: codepmp ${name}`);
    expect(stdout).toContain(summary);
    if (name !== 'uninstall') expect(stdout).toContain('--json');
  });

  it('is explained by help as by itself', async () => {
    await using user = await folder();
    const [help, own] = await Promise.all([['help', 'run'], ['run', '--help']].map((args) => user.codepmp(args)));
    expect(help).toEqual(own);
  });
});

describe('wrong usage ends with 2', () => {
  it.each([
    [['rnu', 'x.yaml'], "error: unknown command 'rnu'\n(Did you mean run?)"],
    [['run'], "error: missing required argument 'file'"],
    [['run', 'x.yaml', '--sett', 'a=1'], "error: unknown option '--sett'\n(Did you mean --set?)"],
    [['run', 'x.yaml', '--set', 'a'], 'codepmp: --set a: expected name=value, as in --set seed=2'],
    [['run', 'x.yaml'], 'codepmp: x.yaml: there is no such file. Give a pipeline file; codepmp init writes one to start from'],
    [['dev', 'stopp'], 'codepmp: dev stopp: expected status, stop, or no argument to run in the foreground'],
    [['dev', '--port', '0'], 'expected a port from 1 to 65535'],
    [['explain', 'E9999'], 'codepmp: there is no code E9999. '],
    [['worker'], 'codepmp: no Temporal server is configured. Set TEMPORAL_ADDRESS'],
  ])('%j', async (args, message) => {
    await using user = await folder();
    const { exitCode, stdout, stderr } = await user.codepmp(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('validate', () => {
  it('prints the place of every problem and ends with 1', async () => {
    await using user = await folder();
    await user.write('wrong.yaml', wrong);
    const { exitCode, stdout, stderr } = await user.codepmp(['validate', 'wrong.yaml']);
    expect(exitCode).toBe(1);
    expect(stdout.match(/^wrong\.yaml:\d+:\d+: \w+\[E\d{4}\]/gm)?.map((line) => line.split(':').slice(0, 2).join(':'))).toEqual(
      expect.arrayContaining(['wrong.yaml:6', 'wrong.yaml:7']),
    );
    expect(stdout).toContain('sorce');
    expect(stderr).toMatch(/wrong\.yaml has \d errors/);
  });

  it('prints the same as JSON', async () => {
    await using user = await folder();
    await user.write('wrong.yaml', wrong);
    const { stdout, stderr } = await user.codepmp(['validate', 'wrong.yaml', '--json']);
    const found = JSON.parse(stdout) as { valid: boolean; diagnostics: { line: number; column: number; code: string }[] };
    expect(found.valid).toBe(false);
    expect(found.diagnostics[0]).toMatchObject({ line: 6, code: expect.stringMatching(/^E/) });
    expect(stderr).toBe('');
  });

  it('accepts the shipped pipeline and says what to do next', async () => {
    await using user = await folder();
    const { exitCode, stdout, stderr } = await user.codepmp(['validate', join(checkout, 'pipelines', 'quickstart.yaml')]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toContain('codepmp plan');
  });
});

describe('run', () => {
  it('starts nothing for a file with errors, prints them, and ends with 1', async () => {
    await using user = await folder();
    await user.write('wrong.yaml', wrong);
    const { exitCode, stdout, stderr } = await user.codepmp(['run', 'wrong.yaml']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('wrong.yaml:6:');
    expect(stderr).toContain('nothing was started');
    await expect(readFile(join(user.path, '.codepmp', 'FORMAT'))).rejects.toThrow('ENOENT');
  });

  it('ends with a result line also then, with --json', async () => {
    await using user = await folder();
    await user.write('wrong.yaml', wrong);
    const { exitCode, stdout } = await user.codepmp(['run', 'wrong.yaml', '--json']);
    const lines = stdout.split('\n').map((line) => JSON.parse(line) as { type: string });
    expect(exitCode).toBe(1);
    expect(lines[0]?.type).toBe('diagnostic');
    expect(lines.at(-1)).toMatchObject({ type: 'result', status: 'failed', run: null, calls: {}, training_steps: 0 });
  });

  it('ends with 4 when the server that was named does not answer', async () => {
    await using user = await folder();
    await user.write('p.yaml', await readFile(join(checkout, 'pipelines', 'quickstart.yaml'), 'utf8'));
    const { exitCode, stderr } = await user.codepmp(['run', 'p.yaml'], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('cannot connect to the Temporal server at 127.0.0.1:1, set in TEMPORAL_ADDRESS');
  });

  it('refuses a configuration with errors, naming their places', async () => {
    await using user = await folder();
    await user.write('codepmp.config.yaml', 'codepmp_config: 1\nendpoint: {}\n');
    const { exitCode, stderr } = await user.codepmp(['run', join(checkout, 'pipelines', 'quickstart.yaml')]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('codepmp.config.yaml:2:1');
    expect(stderr).toContain('endpoints');
  });
});

describe('plan', () => {
  it('shows every step of the shipped pipeline as one to run where nothing was run', async () => {
    await using user = await folder();
    const { exitCode, stdout } = await user.codepmp(['plan', join(checkout, 'pipelines', 'quickstart.yaml'), '--json']);
    const plan = JSON.parse(stdout) as { nodes: { outlook: string }[]; totals: object };
    expect(exitCode).toBe(0);
    expect(plan.nodes.every(({ outlook }) => outlook === 'to run')).toBe(true);
    expect(plan.totals).toEqual({ nodes: plan.nodes.length, to_run: plan.nodes.length, reused: 0, reused_if_unchanged: 0 });
  });
});

describe('init', () => {
  it('writes a pipeline that is valid and names its schema, and overwrites nothing', async () => {
    await using user = await folder();
    const { exitCode, stdout } = await user.codepmp(['init', 'mine']);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toEqual([join(user.path, 'mine', 'pipeline.yaml'), join(user.path, 'mine', 'codepmp.config.yaml')]);
    const text = await readFile(join(user.path, 'mine', 'pipeline.yaml'), 'utf8');
    const schema = /^# yaml-language-server: \$schema=(\S+)/.exec(text)?.[1] ?? '';
    expect(await readFile(join(user.path, 'mine', schema), 'utf8')).toContain('draft-07');
    expect(await user.codepmp(['validate', 'mine/pipeline.yaml', '--config', 'mine/codepmp.config.yaml'])).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
    const again = await user.codepmp(['init', 'mine']);
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain('pipeline.yaml and codepmp.config.yaml already exist in');
    const { stderr } = await user.codepmp(['init', 'mine/pipeline.yaml/more']);
    expect(stderr).toMatch(/^codepmp: \S+pipeline\.yaml\/more cannot be made: ENOTDIR.* codepmp init DIR$/);
  });
});

describe('where nothing was run', () => {
  it.each([['status'], ['watch'], ['logs'], ['show', 'pairs'], ['report'], ['resume']])('%s says so', async (...args) => {
    await using user = await folder();
    const { exitCode, stdout, stderr } = await user.codepmp(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(
      `there is no store at ${join(user.path, '.codepmp')}: nothing has been run here yet. Run a pipeline (codepmp run FILE)`,
    );
  });

  it('list is empty, dev status and dev stop find nothing', async () => {
    await using user = await folder();
    expect(await user.codepmp(['list', '--json'])).toMatchObject({ exitCode: 0, stdout: '[]' });
    expect(await user.codepmp(['dev', 'status', '--json'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('"running":false'),
    });
    expect(await user.codepmp(['dev', 'stop'])).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('no services are running for'),
    });
  });
});

describe('dev', () => {
  it('names the port that is in use and the option for another one, and ends with 4', async () => {
    await using user = await folder();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    try {
      for (const option of ['--port', '--ui-port']) {
        const { exitCode, stderr } = await user.codepmp(['dev', '--port', `${await freePort()}`, option, `${port}`]);
        expect({ exitCode, stderr }).toEqual({ exitCode: 4, stderr: `codepmp: port ${port} is in use; choose another with ${option}` });
      }
    } finally {
      taken.close();
    }
  });
});

describe('doctor', () => {
  it('finds an endpoint that does not answer and says what to do', async () => {
    await using user = await folder();
    await user.write('codepmp.config.yaml', 'codepmp_config: 1\nendpoints:\n  mine: {url: "http://127.0.0.1:1/v1", model: m}\n');
    const { exitCode, stdout } = await user.codepmp(['doctor', '--json']);
    const { findings } = JSON.parse(stdout) as { findings: { what: string; next?: string }[] };
    expect(exitCode).toBe(1);
    expect(findings.filter(({ next }) => next !== undefined)).toMatchObject([
      { what: 'endpoint mine', next: expect.stringContaining('endpoints.mine.url') },
    ]);
  });
});
