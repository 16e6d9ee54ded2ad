import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { runCommand } from '../command.ts';

vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'codepmp-out-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = {
  'base.yaml':
    'codepmp: 1\nname: base\nparams: {size: {type: integer, default: 30}}\nsteps: {task: {uses: dataset/arithmetic, with: {train: $size}}}\n',
  'study.yaml': 'codepmp: 1\nextends: ./base.yaml\nname: study\nsweeps: {sizes: {grid: {size: [10, 20]}}}\n',
  'values.yaml': 'size: 40\n',
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
symlinkSync('study.yaml', join(folder, 'link.svg'));

const codepmp = (...args: string[]) => runCommand(folder, args);

describe('--out', () => {
  test.each([
    ['plan', 'study.yaml', ['--out', './study.yaml'], 'the plan is made from this file'],
    ['plan', 'study.yaml', ['--out', 'base.yaml'], 'the plan is made from this file'],
    ['plan', 'study.yaml', ['--no-sweeps', '--params', 'values.yaml', '--out', 'values.yaml'], 'the plan is made from this file'],
    ['graph', 'study.yaml', ['--format', 'svg', '--out', 'study.yaml'], 'the picture is made from this file'],
    ['graph', 'study.yaml', ['--out', 'link.svg'], 'the picture is made from this file'],
    ['bundle', 'study.yaml', ['--out', 'base.yaml'], 'the bundle is made from this file'],
  ])('of %s never writes over a file that was read: %s %j', async (command, file, args, reason) => {
    const { exitCode, stderr } = await codepmp(command, file, ...args);
    expect(stderr).toContain(`--out ${args.at(-1)}: ${reason}. Choose another name`);
    expect(exitCode).toBe(2);
    for (const [name, text] of Object.entries(files)) expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
  });

  test('of graph says what to draw, or --format does', async () => {
    const { exitCode, stderr } = await codepmp('graph', 'study.yaml', '--out', 'study.png');
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining(
        '--out study.png: cannot tell the format from this name. Expected one of the endings .svg, .mmd, .mermaid, .md, .dot, .gv, or --format',
      ),
    ]);
    expect((await codepmp('graph', 'study.yaml', '--out', 'study.png', '--format', 'dot')).exitCode).toBe(0);
    expect(readFileSync(join(folder, 'study.png'), 'utf8')).toMatch(/^digraph /);
  });
});
