import { execa } from 'execa';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { home, processesOf } from './rig.ts';

/** What the project is made of, apart from what is installed. */
const parts = [
  'activities',
  'adapters',
  'cli',
  'compile',
  'items',
  'pipelines',
  'plan',
  'ports',
  'records',
  'report',
  'schemas',
  'stats',
  'templates',
  'text',
  'worker',
  'workflows',
  'package.json',
  'package-lock.json',
];
const installed = ['node_modules', '.setup'];

const pipeline = `codepmp: 1
name: lines
steps:
  lines: {uses: source/lines, with: {source: texts}}
  heads: {uses: head, with: {corpus: lines, words: 2}}
`;

let root: string;
let copy: string;
let user: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-kind-'));
  [copy, user] = [join(root, 'project'), join(root, 'user')];
  for (const part of parts) await cp(join(home, part), join(copy, part), { recursive: true });
  for (const part of installed) await symlink(join(home, part), join(copy, part));
  const { compilerOptions } = JSON.parse(await readFile(join(home, 'tsconfig.json'), 'utf8')) as { compilerOptions: object };
  const options = { ...compilerOptions, incremental: false, tsBuildInfoFile: undefined };
  await writeFile(join(copy, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['activities', 'schemas'] }));
  await mkdir(join(user, 'texts'), { recursive: true });
  await writeFile(join(user, 'codepmp.config.yaml'), 'codepmp_config: 1\nsources: {texts: {path: texts}}\n');
  await writeFile(join(user, 'lines.yaml'), pipeline);
  await writeFile(join(user, 'texts', 'one.txt'), 'the first line is this\nanother line\n');
});
afterAll(async () => {
  await codepmp('dev', 'stop');
  for (const { pid } of processesOf(user)) process.kill(pid, 'SIGKILL');
  await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

/** A command of the copy, as a user calls it. */
async function codepmp(...args: string[]) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(copy, 'cli', 'main.ts'), ...args], {
    cwd: user,
    reject: false,
    env: { NO_COLOR: '1', CODEPMP_HOME: copy },
  });
  return { exitCode, stdout, stderr };
}

async function run(): Promise<object> {
  const { stdout, stderr } = await codepmp('run', 'lines.yaml', '--json');
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) || JSON.stringify({ stderr })) as object;
}

async function tsc(): Promise<string> {
  return (
    await execa(process.execPath, [join(home, 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', '-p', copy], {
      cwd: copy,
      reject: false,
    })
  ).stdout;
}

/** The pieces of code that the walk-through shows, by the file they belong to. */
async function shownCode(room: string): Promise<[path: string, code: string][]> {
  const text = await readFile(join(home, 'CONTRIBUTING.md'), 'utf8');
  return [...text.matchAll(/```ts\n\/\/ (\S+)\n(.*?)```/gs)]
    .map(([, path = '', code = '']): [string, string] => [path, code])
    .filter(([path]) => path.startsWith(room));
}

/** Does in one room what the walk-through says: new files, and in the table an import and a line. */
async function follow(room: string): Promise<void> {
  for (const [path, code] of await shownCode(room)) {
    const file = join(copy, path);
    await mkdir(dirname(file), { recursive: true });
    const [imported = '', line = ''] = code.split('\n');
    const table = path.endsWith('index.ts') ? await readFile(file, 'utf8') : null;
    await writeFile(file, table === null ? code : `${imported}\n${table.replace(/\n\} satisfies/, `\n${line}\n} satisfies`)}`);
  }
}

it('needs two files and a line in each of two tables: the compiler asks for the second line, and then the kinds run', async () => {
  await follow('schemas/');
  expect(await tsc()).toMatch(/^activities\/kinds\/index\.ts.* is missing the following properties .*: head, "source\/lines"$/);
  await follow('activities/');
  expect(await tsc()).toBe('');

  expect(await run()).toMatchObject({ status: 'succeeded', nodes: { total: 2, ran: 2 } });
  expect((await codepmp('show', 'heads')).stdout).toContain('another line');
  const tried = await codepmp('try', 'heads', 'lines.yaml', '-n', '1');
  expect(tried.stdout).toContain('text before:');

  expect(await run()).toMatchObject({ nodes: { total: 2, ran: 0, reused: 2 } });
  await writeFile(join(user, 'texts', 'one.txt'), 'the only line that is left\n');
  expect(await run()).toMatchObject({ status: 'succeeded', nodes: { total: 2, ran: 2 } });
  expect((await codepmp('show', 'heads')).stdout).toContain('the only');
});
