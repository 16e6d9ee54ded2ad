import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { compile, loadConfig } from '../../../compile/index.ts';
import { checkout } from '../supervisor/services-rig.ts';
import { runCommand } from '../command.ts';

vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'codepmp-bundle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const codepmp = (...args: string[]) => runCommand(folder, args);

interface Line {
  totals: { total: number };
  nodes: { key: string }[];
}

/** Keys of the plan that the command line makes. */
async function keysOf(...args: string[]): Promise<string[]> {
  const { stdout } = await codepmp('plan', '--json', ...args);
  return (JSON.parse(stdout.split('\n').at(-1) ?? '') as Line).nodes.map(({ key }) => key).sort();
}

const study =
  'codepmp: 1\nextends: ../base.yaml\nname: study\nparams: {pairs: 20}\nsweeps: {pairs: {grid: {pairs: [10, 20]}, seeds: [1]}}\n';

beforeAll(() => {
  mkdirSync(join(folder, 'studies'));
  writeFileSync(
    join(folder, 'base.yaml'),
    'codepmp: 1\nextends: quickstart\nparams: {pairs: {type: integer, default: 30}}\nsteps: {arithmetic: {with: {train: $pairs}}}\n',
  );
  writeFileSync(join(folder, 'studies', 'study.yaml'), study);
  writeFileSync(join(folder, 'wrong.yaml'), 'codepmp: 1\nextends: ./bsae.yaml\n');
  writeFileSync(join(folder, 'params.yaml'), 'seed: 4\npairs: 25\n');
  writeFileSync(join(folder, 'params.json'), '{"pairs": 26}');
  writeFileSync(join(folder, 'bad-params.yaml'), 'pairs: many\n');
});

describe('a file that extends others on the disk', () => {
  test('is read from where it lies, with the shipped pipeline below', async () => {
    const { exitCode, stderr } = await codepmp('validate', 'studies/study.yaml');
    expect(stderr).toContain('studies/study.yaml is valid');
    expect(exitCode).toBe(0);
  });

  test('is told a near name among the files beside it', async () => {
    const { exitCode, stdout } = await codepmp('validate', 'wrong.yaml');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('wrong.yaml:2:10: error[E0200]: there is no file ./bsae.yaml');
    expect(stdout).toContain('did you mean ./base.yaml?');
  });
});

describe('bundle', () => {
  test('prints one file that makes the same plan without the others', async () => {
    const { exitCode, stdout, stderr } = await codepmp('bundle', 'studies/study.yaml');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n', 1)[0]).toBe(
      '# Made by codepmp bundle from studies/study.yaml, base.yaml, codepmp/pipelines/quickstart.yaml.',
    );
    expect(stdout).not.toContain('extends');
    expect(stderr).toContain('temporal workflow start --type pipeline --task-queue codepmp --workflow-id study');
    writeFileSync(join(folder, 'studies', 'bundle.yaml'), stdout);
    expect(await keysOf('studies/bundle.yaml')).toEqual(await keysOf('studies/study.yaml'));
  });

  test('writes it to a file, and keeps the values that were given', async () => {
    const { exitCode, stdout } = await codepmp('bundle', 'base.yaml', '--set', 'seed=9', '--params', 'params.yaml', '--out', 'one.yaml');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'one.yaml' });
    const { config } = loadConfig({ folder, home: checkout });
    const { plan } = compile({ source: readFileSync(join(folder, 'one.yaml')), file: 'one.yaml', config });
    expect(plan?.cells[0]?.values).toEqual({ seed: 9, pairs: 25 });
  });

  test('never writes over what it reads', async () => {
    const { exitCode, stderr } = await codepmp('bundle', 'studies/study.yaml', '--out', 'base.yaml');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the bundle is made from this file');
  });

  test('of a file with errors prints them and writes nothing', async () => {
    const { exitCode, stdout } = await codepmp('bundle', 'wrong.yaml', '--out', 'none.yaml');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('error[E0200]');
    expect(existsSync(join(folder, 'none.yaml'))).toBe(false);
  });

  test('says the same as JSON', async () => {
    const { stdout, stderr } = await codepmp('bundle', 'base.yaml', '--json');
    const { name, files, text } = JSON.parse(stdout) as { name: string; files: string[]; text: string };
    expect({ name, files, stderr }).toEqual({ name: 'quickstart', files: ['base.yaml', 'codepmp/pipelines/quickstart.yaml'], stderr: '' });
    expect(text).toContain('\nparams:\n');
  });
});

describe('--params', () => {
  test('gives values, later files win, and --set wins over all', async () => {
    const given = ['base.yaml', '--params', 'params.yaml', '--params', 'params.json'];
    expect(await keysOf(...given)).toEqual(await keysOf('base.yaml', '--set', 'seed=4', '--set', 'pairs=26'));
    expect(await keysOf(...given, '--set', 'pairs=27')).toEqual(await keysOf('base.yaml', '--set', 'seed=4', '--set', 'pairs=27'));
  });

  test('shows the line of a value that does not fit', async () => {
    const { exitCode, stdout } = await codepmp('validate', 'base.yaml', '--params', 'bad-params.yaml');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('bad-params.yaml:1:8: error[E0124]: pairs: many does not fit the param');
    expect(stdout).toContain('::: base.yaml:3:10');
  });

  test('that is not there ends the command', async () => {
    const { exitCode, stderr } = await codepmp('validate', 'base.yaml', '--params', 'nowhere.yaml');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('nowhere.yaml: there is no such file');
  });
});

test('--sweep, --no-sweeps and --cell take a part of the plan, with a report of its own', async () => {
  const whole = await keysOf('studies/study.yaml');
  const one = await keysOf('studies/study.yaml', '--cell', 'pairs=10');
  expect(one.length).toBeLessThan(whole.length);
  expect(one.filter((key) => !whole.includes(key))).toHaveLength(1);
  expect(await keysOf('studies/study.yaml', '--sweep', 'pairs')).toEqual(whole);
  const cell = await keysOf('studies/study.yaml', '--cell', 'pairs=20');
  const plain = await keysOf('studies/study.yaml', '--no-sweeps');
  expect(plain).toHaveLength(cell.length);
  expect(plain.filter((key) => !cell.includes(key))).toHaveLength(1);
  const { exitCode, stdout } = await codepmp('plan', 'studies/study.yaml', '--sweep', 'pair');
  expect(exitCode).toBe(1);
  expect(stdout).toContain('error[E0190]: there is no sweep pair');
});
