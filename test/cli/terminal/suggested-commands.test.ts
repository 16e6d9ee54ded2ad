import { execa } from 'execa';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout } from '../supervisor/services-rig.ts';
import { runCommand } from '../command.ts';

const pipeline = `codepmp: 1
name: quoted
params: {n: {type: integer, default: 20}}
steps:
  task: {uses: dataset/arithmetic, with: {train: $n, test: 20}}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: task.train}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: task.test}}
`;

let folder: string;
let bin: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codepmp-quoted-'));
  bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'codepmp'), '#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word"; done\n');
  await chmod(join(bin, 'codepmp'), 0o755);
  await writeFile(join(folder, 'my pipeline.yaml'), pipeline);
  await writeFile(join(folder, 'my conf.yaml'), 'codepmp_config: 1\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const codepmp = (...args: string[]) => runCommand(folder, args);

/** The words of each command that an output suggests, as a shell takes them; the reason behind a command is left out. */
async function suggestedIn(text: string): Promise<string[][]> {
  const commands = [...text.matchAll(/codepmp (?:plan|run|validate|graph|resume) .*/g)].map(([line]) => line.split('   ')[0] ?? '');
  return Promise.all(
    commands.map(async (command) => (await execa('sh', ['-c', command], { env: { PATH: `${bin}:/usr/bin:/bin` } })).stdout.split('\n')),
  );
}

describe('a command that is suggested can be pasted into a shell, where a name needs quotes:', () => {
  const conf = ['--config', 'my conf.yaml'];

  it('init names the file in the new folder', async () => {
    const { stderr } = await codepmp('init', 'new dir');
    expect(await suggestedIn(stderr)).toEqual([
      ['validate', 'new dir/pipeline.yaml'],
      ['plan', 'new dir/pipeline.yaml'],
      ['run', 'new dir/pipeline.yaml'],
    ]);
  });

  it.each([
    ['validate', [['plan', 'my pipeline.yaml', '--set', 'n=30'], ['run', 'my pipeline.yaml', '--set', 'n=30']]],
    ['plan', [['run', 'my pipeline.yaml', '--set', 'n=30']]],
    ['explain rm', [['plan', 'my pipeline.yaml', '--set', 'n=30']]],
    ['bundle', [['validate', 'bundle.yaml']]],
    ['bundle --out=b%20.yaml', [['validate', 'b .yaml']]],
  ])('%s', async (words, commands) => {
    const args = words.split(' ').map((word) => word.replace('%20', ' '));
    const { stderr } = await codepmp(...args, 'my pipeline.yaml', '--set', 'n=30', ...conf);
    expect(await suggestedIn(stderr)).toEqual(commands.map((command) => [...command, ...conf]));
  });

  it('a plan that is kept, and one that cannot be changed', async () => {
    const { stderr } = await codepmp('plan', 'my pipeline.yaml', '--out', 'my plan.json');
    expect(await suggestedIn(stderr)).toEqual([['run', 'my plan.json']]);
    const refused = await codepmp('plan', 'my plan.json', '--set', 'n=30');
    expect(await suggestedIn(refused.stderr)).toEqual([['plan', 'my pipeline.yaml', '--set', '…', '--out', 'my plan.json']]);
    await writeFile(join(folder, 'old plan.json'), '{"plan": {}, "format_version": "0.1"}');
    expect(await suggestedIn((await codepmp('run', 'old plan.json')).stderr)).toEqual([['plan', 'FILE', '--out', 'old plan.json']]);
  });
});

it('a removed working folder is named as the reason, by every command', async () => {
  const answers = ['list', 'init', 'plan p.yaml'].map(async (words, index) => {
    const place = join(folder, `gone-${index}`);
    await mkdir(place);
    const script = `cd "$1" && rmdir "$1" && shift && exec "$@"`;
    const { exitCode, stderr } = await execa(
      'sh',
      ['-c', script, 'sh', place, process.execPath, join(checkout, 'cli', 'main.ts'), ...words.split(' ')],
      { reject: false },
    );
    return { exitCode, stderr };
  });
  const answer = { exitCode: 1, stderr: 'codepmp: the working folder was removed. Go to another folder and start the command there' };
  expect(await Promise.all(answers)).toEqual([answer, answer, answer]);
});
