import { execa } from 'execa';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { checkout } from '../supervisor/services-rig.ts';
import { runCommand } from '../command.ts';

const folder = mkdtempSync(join(tmpdir(), 'codepmp-validate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  join(folder, 'wrong.yaml'),
  'codepmp: 1\nname: wrong\nsteps:\n  data: {uses: dataset/arithmetic, with: {tran: 3}}\ntargets: [data]\n',
);

const codepmp = (...args: string[]) => runCommand(folder, args);

describe('what to do next', () => {
  const [paper, config] = ['gemma.yaml', 'paper.config.yaml'].map((name) => join(checkout, 'pipelines', name));

  test('names the configuration that was given', async () => {
    const { exitCode, stderr } = await codepmp('validate', paper ?? '', '--config', config ?? '');
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`codepmp plan ${paper} --config ${config}`);
    expect(stderr).toContain(`codepmp run ${paper} --config ${config}`);
  });
});

describe('validate prints what it found', () => {
  test('as text for people, with a frame', async () => {
    const { exitCode, stdout, stderr } = await codepmp('validate', 'wrong.yaml');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('wrong.yaml:4:43: error[E0110]: unknown key tran in steps.data.with\n  |\n');
    expect(stdout).toContain('^^^^ did you mean train?');
    expect(stderr).toContain('codepmp explain E0110');
  });

  test('as one JSON object, with --json and with --format json', async () => {
    const { exitCode, stdout, stderr } = await codepmp('validate', 'wrong.yaml', '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    const { file, valid, diagnostics } = JSON.parse(stdout) as { file: string; valid: boolean; diagnostics: object[] };
    expect({ file, valid }).toEqual({ file: 'wrong.yaml', valid: false });
    expect(diagnostics).toMatchObject([{ code: 'E0110', line: 4, column: 43, hint: 'did you mean train?' }]);
    expect((await codepmp('validate', 'wrong.yaml', '--format', 'json')).stdout).toBe(stdout);
  });

  test('as annotations of GitHub Actions and nothing else', async () => {
    const { exitCode, stdout, stderr } = await codepmp('validate', 'wrong.yaml', '--format', 'github');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toMatch(/^::error file=wrong\.yaml,line=4,endLine=4,col=43,endColumn=46,title=E0110::unknown key tran[^\n]*$/);
  });

  test('and names the formats where another one is asked for', async () => {
    const { exitCode, stderr } = await codepmp('validate', 'wrong.yaml', '--format', 'xml');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Expected one of text, json, github.');
  });
});

describe('validate reads no more than a pipeline may hold', () => {
  test('of a device without end', async () => {
    const { exitCode, stdout } = await codepmp('validate', '/dev/zero');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('/dev/zero:1:1: error[E0101]: the file is too large');
  });

  test('and of a configuration and values of params without end', async () => {
    const config = await codepmp('validate', 'wrong.yaml', '--config', '/dev/zero');
    expect(config).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('/dev/zero:1:1: error[E0101]: the file is too large') });
    const params = await codepmp('validate', 'wrong.yaml', '--params', '/dev/zero');
    expect(params).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('/dev/zero:1:1: error[E0101]: the file is too large') });
  });

  test('and says of a folder that it is one', async () => {
    expect(await codepmp('validate', '.')).toMatchObject({
      exitCode: 2,
      stderr: 'codepmp: .: this is a folder, not a file. Give a pipeline file; codepmp init writes one to start from',
    });
  });
});

test('- is what comes by standard input', async () => {
  const input = 'codepmp: 1\nname: piped\nsteps:\n  data: {uses: dataset/arithmetic, with: {tran: 3}}\ntargets: [data]\n';
  const { exitCode, stdout } = await runCommand(folder, ['validate', '-'], { input });
  expect(exitCode).toBe(1);
  expect(stdout).toContain('standard-input:4:43: error[E0110]: unknown key tran in steps.data.with\n');
});

describe('explain prints the page of a code', () => {
  test('in either case of letters', async () => {
    const { exitCode, stdout } = await codepmp('explain', 'e0110');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^# E0110: unknown key\n/);
    for (const part of ['## Wrong', '## Right', '## Why']) expect(stdout).toContain(part);
  });

  test('as JSON', async () => {
    const { stdout } = await codepmp('explain', 'E0110', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ code: 'E0110', title: 'unknown key' });
  });

  test('and suggests one where there is none', async () => {
    const { exitCode, stderr } = await codepmp('explain', 'E0999');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^codepmp: there is no code E0999\. /);
  });
});

test('frames are as wide as the terminal, in colours or without', async () => {
  const python = join(checkout, '.setup', 'python', 'bin', 'python');
  const wide = join(folder, 'wide.yaml');
  writeFileSync(
    wide,
    'codepmp: 1\nname: wide\nsteps:\n  data: {uses: dataset/arithmetic, with: {train: 3, test: 4, choices: 5, quetsions: 6}}\n',
  );
  const shown = async (settings: { [name: string]: string }): Promise<string> => {
    const argv = [
      join(checkout, 'test', 'cli', 'fixtures', 'terminal.py'),
      '66',
      process.execPath,
      join(checkout, 'cli', 'main.ts'),
      'validate',
      wide,
    ];
    const env = { NODE_COMPILE_CACHE: join(checkout, '.setup', 'cache'), TERM: 'xterm', ...settings };
    return (await execa(python, argv, { cwd: folder, env })).stdout.replaceAll('\r', '');
  };
  const [plain, painted] = await Promise.all([shown({ NO_COLOR: '1' }), shown({ NO_COLOR: '' })]);
  expect(painted).toContain('\u001B[');
  expect(stripVTControlCharacters(painted)).toBe(plain);
  const frame = plain.split('\n').filter((line) => /^ *\d* [|=]/.test(line));
  expect(frame.length).toBeGreaterThan(4);
  expect(frame.filter((line) => line.length > 66)).toEqual([]);
});

describe('a mistake in the configuration', () => {
  writeFileSync(join(folder, 'broken.config.yaml'), 'codepmp_config: 1\nendpoints: {a: {url: "http://h/v1", modle: m}}\n');
  writeFileSync(
    join(folder, 'asks.yaml'),
    'codepmp: 1\nname: asks\nmodels: {m: {endpoint: a, max_tokens: 5}}\nsteps:\n  code: {uses: source/files, with: {source: python-stdlib}}\n  prompts: {uses: summarize, with: {corpus: cod, model: m}}\n',
  );

  test('is printed in the format that was asked for, before those of the pipeline', async () => {
    const { exitCode, stdout } = await codepmp('validate', 'asks.yaml', '--config', 'broken.config.yaml', '--format', 'json');
    const { valid, diagnostics } = JSON.parse(stdout) as { valid: boolean; diagnostics: { file: string; code: string }[] };
    expect({ exitCode, valid }).toEqual({ exitCode: 1, valid: false });
    expect(diagnostics.map(({ file, code }) => [file, code])).toEqual([
      ['broken.config.yaml', 'E0110'],
      ['asks.yaml', 'E0130'],
    ]);
  });

  test('ends every other command', async () => {
    const { exitCode, stderr } = await codepmp('plan', 'asks.yaml', '--config', 'broken.config.yaml');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('codepmp: the configuration is not valid');
  });
});
