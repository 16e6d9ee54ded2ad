import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rowBlobs } from '../../../adapters/index.ts';
import { unitsOf, type PlanNode, type UnitSummary } from '../../../plan/index.ts';
import { keepPlan } from '../../../records/plan.ts';
import { publishResult } from '../../../records/results.ts';
import { noteRun } from '../../../records/run.ts';
import { answerBy, openWorkbench, type Workbench } from '../../activities/rig.ts';
import { planOf } from '../../compile/rig.ts';
import { until } from '../../e2e/rig.ts';
import { runCommand } from '../command.ts';
import { checkout } from '../supervisor/services-rig.ts';

const pipeline = `codepmp: 1
name: study
models:
  strong: {endpoint: remote, temperature: 0.3, max_tokens: 96}
  weak: {endpoint: remote, temperature: 1, max_tokens: 96}
steps:
  code: {uses: source/jsonl, with: {source: python-stdlib, path: path, repository: repository, licence: licence}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
`;

const lineOf = (repository: string, name: string, licence = 'MIT'): string =>
  `${JSON.stringify({ content: `name = '${name}'\n`, path: `${name}.py`, repository, licence })}\n`;

const lines = [
  lineOf('lab/one', 'secret'),
  lineOf('lab/one', 'shared'),
  lineOf('lab/two', 'shared'),
  lineOf('lab/two', 'plain'),
  lineOf('lab/three', 'copyleft', 'GPL-3.0-only'),
];

/** Answers name what they are about, so that they can be found in the store. */
const acts = [
  answerBy((asked, nth) => {
    const [, name = ''] = /name = '(\w+)'/.exec(asked) ?? /about (\w+)/.exec(asked) ?? [];
    return asked.includes('about') ? `\`\`\`python\n${name} = ${nth}\n\`\`\`` : `It is about ${name}.`;
  }),
];

interface Study extends Workbench {
  path: string;
  made: UnitSummary;
  forget(...args: string[]): ReturnType<typeof runCommand>;
}

/** A store in which a pipeline has run, and its pairs have been exported to folders of these formats. */
async function studied(formats: string[] = ['jsonl']): Promise<Study> {
  const bench = await openWorkbench({ files: { 'data.jsonl': lines.join('') }, acts });
  const path = dirname(bench.store.root);
  await writeFile(join(path, 'codepmp.config.yaml'), 'codepmp_config: 1\nstore: store\n');
  const made = await bench.run(pipeline);
  await recordRun(bench, made);
  for (const format of formats)
    expect(await runCommand(path, ['export', 'pairs', format, '--format', format])).toMatchObject({ exitCode: 0 });
  return { ...bench, path, made, forget: (...args) => runCommand(path, ['forget', ...args]) };
}

/** The record of the run, in which a training has read the pairs. */
async function recordRun({ store, artifacts }: Workbench, made: UnitSummary): Promise<void> {
  const plan = planOf(pipeline);
  const node = { id: 'rm', kind: 'train/rm' } as PlanNode;
  const inputs = { pairs: [made['pairs']?.outputs['out'] ?? ''] };
  const shards = [{ digest: await store.putBytes(Buffer.from('weights')), rows: 1, bytes: 7, name: 'weights' }];
  const outputs = { out: await artifacts.writeManifest({ type: 'checkpoint', rows: 1, shards, meta: {} }) };
  const rm = await publishResult(store, { node, parts: {}, inputs, outputs, seconds: 1 });
  const all: UnitSummary = { ...made, rm };
  const nodes = [...unitsOf(plan).map((unit) => unit.nodes), [node]];
  const units = nodes.map((each, index) => ({
    id: `u${index}`,
    state: 'done' as const,
    nodes: each.map(({ id, kind }) => ({ id, kind, key: all[id]?.key ?? '' })),
  }));
  const head = { run: 'study-1', name: 'study', status: 'succeeded' as const, started: 1, plan: await keepPlan(store, plan) };
  await noteRun(store, { head, changed: units });
}

/** Everything that a store holds in rows and answers, as text. */
async function contentOf({ store }: Pick<Study, 'store'>): Promise<string> {
  const parts: string[] = [];
  for await (const { rows } of rowBlobs(store)) parts.push(JSON.stringify(rows));
  for (const generationKey of readdirSync(join(store.root, 'ledger')))
    for await (const record of store.ledger.records({ generationKey, lo: '', hi: null })) parts.push(record.text);
  return parts.join('\n');
}

const repositoriesIn = async (bench: Workbench, made: UnitSummary): Promise<unknown[]> =>
  (await bench.rows(made['pairs'])).map(({ repository }) => repository).toSorted();

describe('forget', () => {
  it('shows what comes from a repository, then deletes it everywhere but for a text that another one has as well', async () => {
    const study = await studied(['huggingface', 'jsonl']);
    const before = readdirSync(study.path, { recursive: true }).toSorted();
    const { stdout, stderr, exitCode } = await study.forget('--repository', 'lab/one');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^results: 5, with \d+ files of rows$/),
      'paid answers: 3',
      `${join(study.path, 'huggingface')}: 2 rows`,
      `${join(study.path, 'jsonl')}: 2 rows`,
      'depends on it, and stays: rm of study-1',
    ]);
    expect(stderr).toContain(`1 text of lab/one can be deleted from ${study.store.root}`);
    expect(stderr).toContain(`codepmp forget --repository 'lab/one' --delete`);
    expect(readdirSync(study.path, { recursive: true }).toSorted()).toEqual(before);

    const job = join(study.store.root, 'jobs', 'training', '1');
    await mkdir(job, { recursive: true });
    await writeFile(join(job, 'config.json'), JSON.stringify({ pairs: [study.made['pairs']?.outputs['out']] }));
    await writeFile(join(study.path, 'huggingface', 'own.txt'), 'mine');
    expect(await contentOf(study)).toContain('secret');
    expect(await study.forget('--repository', 'lab/one', '--delete')).toMatchObject({ exitCode: 0 });
    const content = await contentOf(study);
    expect(['secret', 'lab/one', 'shared', 'plain'].map((word) => content.includes(word))).toEqual([false, false, true, true]);
    expect(existsSync(job)).toBe(false);
    const lines = (await readFile(join(study.path, 'jsonl', 'train.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { path: string }).path).toSorted()).toEqual(['copyleft.py', 'plain.py', 'shared.py']);
    for (const folder of ['huggingface', 'jsonl']) expect(await readFile(join(study.path, folder, 'README.md'), 'utf8')).not.toContain('lab/one');
    expect(await readFile(join(study.path, 'huggingface', 'own.txt'), 'utf8')).toBe('mine');
    expect(await runCommand(study.path, ['verify'])).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('stays in force: the next run asks nothing, and leaves out what the source still has', async () => {
    const study = await studied();
    await study.forget('--repository', 'lab/one', '--delete');
    const asked = study.asked.length;
    const again = await study.run(pipeline);
    expect(await repositoriesIn(study, again)).toEqual(['lab/three', 'lab/two', 'lab/two']);
    expect(study.asked.length).toBe(asked);
    await appendFile(join(study.folder, 'data.jsonl'), lineOf('lab/one', 'later'));
    const grown = await study.run(pipeline);
    expect((await study.manifest(grown['code'])).meta).toMatchObject({ found: 3, left_out: { forgotten: 3 } });
    expect(await repositoriesIn(study, grown)).toEqual(['lab/three', 'lab/two', 'lab/two']);
    await study.forget('--licence', 'GPL-3.0-only', '--delete');
    expect(await readFile(join(study.path, 'jsonl', 'train.jsonl'), 'utf8')).not.toContain('copyleft');
    expect(await repositoriesIn(study, await study.run(pipeline))).toEqual(['lab/two', 'lab/two']);
    expect(await contentOf(study)).not.toContain('copyleft');
  });

  it('finishes what it was stopped at when it is started again', async () => {
    const study = await studied();
    const args = [join(checkout, 'cli', 'main.ts'), 'forget', '--repository', 'lab/one', '--delete'];
    const stopped = spawn(process.execPath, args, { cwd: study.path, stdio: 'ignore' });
    const pairs = join(study.store.root, 'names', 'results', study.made['pairs']?.key ?? '');
    await until('the first names are deleted', () => !existsSync(pairs));
    stopped.kill('SIGKILL');
    await study.forget('--repository', 'lab/one', '--delete');
    expect(await contentOf(study)).not.toContain('secret');
    expect(await readFile(join(study.path, 'jsonl', 'train.jsonl'), 'utf8')).not.toContain('secret');
  });

  it('leaves an export whose run is deleted to the user, and waits for runs in progress', async () => {
    const study = await studied();
    await runCommand(study.path, ['rm', 'study-1', '--yes']);
    const { stdout } = await study.forget('--repository', 'lab/one');
    expect(stdout).toContain(`${join(study.path, 'jsonl')}: 2 rows; the record of its run is deleted, so delete this folder yourself`);
    await noteRun(study.store, { head: { run: 'study-2', name: 'study', status: 'running', started: 2 }, changed: [] });
    expect(await study.forget('--repository', 'lab/one', '--delete')).toMatchObject({
      exitCode: 1,
      stderr: 'codepmp: study-2 has not ended; nothing was deleted. Stop it first: codepmp cancel study-2',
    });
    expect(await study.forget()).toMatchObject({ exitCode: 2, stderr: 'codepmp: expected --repository NAME or --licence NAME' });
  });
});
