import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { runCommand } from '../command.ts';

vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'codepmp-next-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  join(folder, 'study.yaml'),
  'codepmp: 1\nname: study\nparams: {size: {type: integer, default: 30}}\nsteps: {task: {uses: dataset/arithmetic, with: {train: $size}}}\nsweeps: {sizes: {grid: {size: [10, 20]}}}\n',
);

const codepmp = (...args: string[]) => runCommand(folder, args);

describe('the command that comes next', () => {
  const asked = ['--set', 'size=50', '--no-sweeps', '--sample', '3'];

  test('is about the same part of the pipeline', async () => {
    expect((await codepmp('validate', 'study.yaml', '--sweep', 'sizes', '--cell', 'size=20')).stderr).toContain(
      'codepmp plan study.yaml --sweep sizes --cell size=20 ',
    );
    expect((await codepmp('plan', 'study.yaml', ...asked)).stderr).toContain(
      'codepmp run study.yaml --set size=50 --no-sweeps --sample 3 ',
    );
  });

  test('is about a kept plan alone', async () => {
    expect((await codepmp('plan', 'study.yaml', ...asked, '--out', 'kept.json')).stderr).toContain(
      'codepmp run kept.json   run exactly this plan',
    );
  });

  test('explains an error before a warning', async () => {
    writeFileSync(
      join(folder, 'both.yaml'),
      'codepmp: 1\nname: both\nparams: {unused: {type: integer, default: 1}}\nmodels: {m: {endpoint: remote, max_tokens: 9}}\nsteps:\n  code: {uses: source/files, with: {source: python-stdlib, characters: {min: 9, max: 3}}}\n  prompts: {uses: summarize, with: {corpus: code, model: m}}\n',
    );
    writeFileSync(join(folder, 'config.yaml'), 'codepmp_config: 1\nendpoints: {remote: {url: "http://127.0.0.1:9/v1", model: m}}\n');
    const { stdout, stderr } = await codepmp('validate', 'both.yaml', '--config', 'config.yaml');
    expect(stdout.indexOf('warning[E0162]')).toBeLessThan(stdout.indexOf('error[E0150]'));
    expect(stderr).toContain('codepmp explain E0150');
  });
});
