import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkout } from '../supervisor/services-rig.ts';
import { runCommand } from '../command.ts';

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'codepmp-config-')));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pipeline = (config: string) => `codepmp: 1
name: t
${config}
steps:
  data: {uses: dataset/preference, with: {source: pairs}}
targets: [data]
`;
const declaring = (path: string) => `codepmp_config: 1\nsources: {pairs: {path: ${path}}}\n`;

/** A folder of its own with these files. */
async function place(name: string, files: { [path: string]: string }): Promise<string> {
  const root = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

const codepmp = (cwd: string, args: string[], env: { [name: string]: string } = {}) => runCommand(cwd, args, { env });

describe('a pipeline that names a configuration beside it', () => {
  test.each(['codepmp', 'paper', 'gemma', 'benchmarks'])('is planned as it stands: pipelines/%s.yaml', async (name) => {
    const { exitCode, stdout } = await codepmp(checkout, ['plan', `pipelines/${name}.yaml`]);
    expect({ exitCode, stdout: stdout.split('\n')[0] }).toEqual({ exitCode: 0, stdout: name });
  });

  test('is read with it by every command that takes a pipeline, and the next commands carry it', async () => {
    const root = await place('beside', { 'lab/study.yaml': pipeline('config: lab.yaml'), 'lab/lab.yaml': declaring('data') });
    const { exitCode, stderr } = await codepmp(root, ['validate', 'lab/study.yaml']);
    expect({ exitCode, next: /codepmp plan .*? {3}/.exec(stderr)?.[0].trim() }).toEqual({
      exitCode: 0,
      next: 'codepmp plan lab/study.yaml --config lab/lab.yaml',
    });
    const commands = [
      ['plan', 'lab/study.yaml'],
      ['graph', 'lab/study.yaml', '--format', 'dot'],
      ['bundle', 'lab/study.yaml'],
      ['explain', 'data', 'lab/study.yaml'],
      ['diff', 'lab/study.yaml', 'lab/study.yaml'],
    ];
    const answers = await Promise.all(commands.map((args) => codepmp(root, args)));
    expect(answers.map(({ exitCode: code }, index) => `${commands[index]?.[0]} ${code}`)).toEqual([
      'plan 0',
      'graph 0',
      'bundle 0',
      'explain 0',
      'diff 0',
    ]);
    expect(answers[2]?.stdout).not.toContain('lab.yaml\n');
  });

  test.each<[string, string, string[], { [name: string]: string }]>([
    ['--config', 'other.yaml', ['--config', 'other.yaml'], {}],
    ['CODEPMP_CONFIG', 'other.yaml', [], { CODEPMP_CONFIG: 'other.yaml' }],
    ['codepmp.config.yaml of the current folder', 'codepmp.config.yaml', [], {}],
  ])('gives way to %s', async (name, file, args, env) => {
    const root = await place(name.replaceAll(' ', '-'), {
      'lab/study.yaml': pipeline('config: lab.yaml'),
      'lab/lab.yaml': 'codepmp_config: 2\n',
      [file]: declaring('other'),
    });
    expect((await codepmp(root, ['validate', 'lab/study.yaml', ...args], env)).exitCode).toBe(0);
    await rm(join(root, file));
    expect((await codepmp(root, ['validate', 'lab/study.yaml'])).exitCode).toBe(1);
  });

  test('is not what a file that extends it names', async () => {
    const root = await place('extended', {
      'study.yaml': `codepmp: 1\nextends: ./lab/base.yaml\nname: study\n`,
      'lab/base.yaml': pipeline('config: lab.yaml'),
      'lab/lab.yaml': declaring('data'),
    });
    const { stdout } = await codepmp(root, ['validate', 'study.yaml']);
    expect(stdout).toContain('there is no source folder pairs');
  });

  test('says where it looked for one that is not there', async () => {
    const root = await place('missing', { 'lab/study.yaml': pipeline('config: lab.yaml') });
    const { exitCode, stdout } = await codepmp(root, ['validate', 'lab/study.yaml']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^lab\/lab\.yaml:1:1: error\[E0170\]/);
  });

  test.each(['../lab.yaml', '/etc/lab.yaml', 'deeper/lab.yaml', '.lab.yaml', 'lab.json'])(
    'names a plain file in the same folder, not %s',
    async (name) => {
      const root = await place('unsafe', { 'lab/study.yaml': pipeline(`config: ${name}`), 'lab.yaml': declaring('data') });
      const { exitCode, stdout } = await codepmp(root, ['validate', 'lab/study.yaml']);
      expect(exitCode).toBe(1);
      expect(stdout).toContain('lab/study.yaml:3:9: error[E0115]: config is not well formed');
    },
  );
});
