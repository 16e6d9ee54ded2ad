import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../compile/index.ts';
import { compileText } from '../compile/rig.ts';
import { startLanguageServer } from './language-server.ts';
import type { LanguageServer } from './language-server.ts';
import { createTypist } from './typist.ts';
import type { Typist } from './typist.ts';

const home = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'codepmp-typed-'));

let server: LanguageServer;
beforeAll(async () => {
  server = await startLanguageServer();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** The file compiles, and the editor agrees. */
async function expectValid(file: string, text: string): Promise<void> {
  const { plan, rendered } = compileText(text);
  expect(rendered).toEqual([]);
  expect(plan).not.toBeNull();
  expect(await server.problems(file, text)).toEqual([]);
}

test('an empty file becomes a whole study, by completion and names alone', async () => {
  const file = join(home, 'pipelines', 'typed.yaml');
  const person = createTypist(server, file, '# yaml-language-server: $schema=../schemas/pipeline.schema.json\n');
  await person.pick('pipeline', { 1: 'study' });
  await writePairs(person);
  await writeTraining(person);
  await writeHead(person);
  await writeSweep(person);
  const text = person.text();
  await expectValid(file, text);
  expect(compileText(text).plan?.cells).toHaveLength(4);
});

test('the starter that init writes is valid, and grows by completion alone', async () => {
  execFileSync(process.execPath, [join(home, 'cli', 'main.ts'), 'init', folder], { stdio: 'pipe' });
  const file = join(folder, 'pipeline.yaml');
  const starter = readFileSync(file, 'utf8');
  await expectValid(file, starter);

  const person = createTypist(server, file, starter.trimEnd());
  person.line(2);
  await person.pick('step: train/pmp', { 1: 'pmp', 3: 'pairs' });
  person.line(6);
  await person.pick('presentations');
  await person.pick('32');
  person.line(2);
  await person.pick('step: dataset/arithmetic');
  person.line(2);
  await person.pick('step: train/rm', { 1: 'rm', 2: 'pmp', 3: 'arithmetic.train' });
  person.line(2);
  await person.pick('step: eval/accuracy', { 2: 'rm', 3: 'arithmetic.test' });
  await expectValid(file, person.text());
});

test('a study of six lines grows from what init --from writes', async () => {
  const place = join(folder, 'study');
  execFileSync(process.execPath, [join(home, 'cli', 'main.ts'), 'init', place, '--from', 'quickstart'], { stdio: 'pipe' });
  const file = join(place, 'pipeline.yaml');
  const person = createTypist(server, file, readFileSync(file, 'utf8').trimEnd());
  person.line(0);
  await person.pick('steps');
  person.line(2);
  await person.pick('name of a step', { 1: 'pmp' });
  person.line(4);
  await person.pick('with');
  await person.pick('eoc');
  await person.pick('false');
  person.line(0);
  await person.pick('sweeps');
  await person.pick('sweep: repetitions', { 1: 'repeated' });
  await expectValid(file, person.text());
  expect(compileText(person.text()).plan?.cells).toHaveLength(3);
});

test('a configuration is written by completion too', async () => {
  const file = join(folder, 'typed', 'codepmp.config.yaml');
  mkdirSync(join(folder, 'typed'));
  const person = createTypist(server, file, `# yaml-language-server: $schema=${pathToFileURL(join(home, 'schemas/config.schema.json')).href}\n`);
  await person.pick('codepmp_config');
  person.line(0);
  await person.pick('endpoints', { 1: 'hosted', 3: 'gpt' });
  person.line(4);
  await person.pick('key');
  await person.pick('env', { 1: 'hosted_key' });
  person.line(4);
  await person.pick('concurrency');
  await person.pick('64');
  person.line(0);
  await person.pick('sources', { 1: 'ours', 2: 'src' });
  writeFileSync(file, person.text());
  const { config, rendered } = loadConfig({ folder: join(folder, 'typed'), home });
  expect(rendered).toEqual([]);
  expect(config.endpoints['hosted']).toMatchObject({ model: 'gpt', concurrency: 64, key: { env: 'hosted_key' } });
  expect(config.sources['ours']?.path).toBe(join(folder, 'typed', 'src'));
  expect(await server.problems(file, person.text())).toEqual([]);
});

async function writePairs(person: Typist): Promise<void> {
  person.line(2);
  await person.pick('step: source/files', { 1: 'code' });
  person.line(6);
  await person.pick('take');
  await person.pick('32');
  person.line(2);
  await person.pick('step: summarize', { 1: 'prompts', 2: 'code', 3: 'strong' });
  for (const [name, model] of [['chosen', 'strong'], ['rejected', 'weak']] as const) {
    person.line(2);
    await person.pick('step: respond', { 1: name, 2: 'prompts', 3: model });
  }
  person.line(2);
  await person.pick('step: pair', { 1: 'pairs', 2: 'prompts', 3: 'chosen', 4: 'rejected' });
}

/** The training is written key by key, the rest as whole steps. */
async function writeTraining(person: Typist): Promise<void> {
  person.line(2);
  await person.pick('name of a step', { 1: 'pmp' });
  person.line(4);
  await person.pick('uses');
  await person.pick('train/pmp');
  person.line(4);
  await person.pick('with', { 1: 'smollm2-135m-instruct', 2: 'pairs' });
  person.line(6);
  await person.pick('schedule');
  await person.pick('kind');
  await person.pick('$param', { 1: 'scheduler' });
  person.line(6);
  await person.pick('seed');
  await person.pick('$param', { 1: 'seed' });
  person.line(2);
  await person.pick('step: dataset/arithmetic');
  person.line(2);
  await person.pick('step: train/rm', { 2: 'pmp', 3: 'arithmetic.train' });
  person.line(2);
  await person.pick('step: eval/accuracy', { 2: 'rm', 3: 'arithmetic.test' });
  person.line(2);
  await person.pick('step: report', { 2: 'accuracy' });
}

async function writeHead(person: Typist): Promise<void> {
  person.line(0);
  await person.pick('models');
  person.line(2);
  await person.pick('name of a model', { 1: 'weak' });
  person.line(4);
  await person.pick('model', { 1: 'local-weak', 2: 128 });
  person.line(0);
  await person.pick('params');
  await person.pick('param: a whole number', { 1: 'seed' });
  person.line(2);
  await person.pick('param: one of several words', { 1: 'scheduler' });
}

async function writeSweep(person: Typist): Promise<void> {
  person.line(0);
  await person.pick('sweeps');
  await person.pick('sweep: every combination', { 1: 'schedules', 2: 'scheduler', 3: 'wsd', 4: 'wcd' });
  person.line(2);
  await person.pick('sweep: repetitions', { 1: 'repeated' });
  person.line(0);
  await person.pick('claims', { 1: 'better-than-chance', 2: 'accuracy', 3: { offered: 'accuracy' } });
  person.line(4);
  await person.pick('above');
  await person.pick('0.5');
}
