import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { pairColumns } from '../../../plan/columns.ts';
import type { JsonObject } from '../../../plan/index.ts';
import { listExports } from '../../../records/exports.ts';
import { jobFolder } from '../../../records/names.ts';
import { readRun } from '../../../records/run.ts';
import { createPairLengths, describePairs } from '../../../stats/index.ts';
import { referencePython } from '../../stats/third-party/environment.ts';
import { recordedFolder, type RecordedFolder } from '../recorded-runs.ts';

const pipeline = `codepmp: 1
name: study
models:
  strong: {endpoint: local-strong, temperature: 0.3, max_tokens: 96}
  weak: {endpoint: local-weak, temperature: 1, max_tokens: 96}
steps:
  code: {uses: source/files, with: {source: python-stdlib, take: 3}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
  sums: {uses: dataset/arithmetic}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: sums.train}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: sums.test}}
targets: [pairs, accuracy]
`;

const texts = ['plain', 'two\nlines', 'quotes " and \\', 'ünïcödé 語 🙂', '| a table |', ''];

const pairs = texts.map((text, ordinal) => ({
  prompt: `### Code description:\n${text}\n\n### Response:\n`,
  chosen: `def f():\n    return ${JSON.stringify(text)}`,
  rejected: text,
  language: ordinal === 0 ? 'C' : 'Python',
  prompt_tokens: 9,
  chosen_tokens: ordinal === 0 ? null : 7,
  rejected_tokens: 3,
  chosen_comments: 0,
  rejected_comments: null,
  chosen_fenced: true,
  rejected_fenced: null,
  origin: `${ordinal}`.repeat(64),
  ordinal,
  repository: ordinal < 2 ? 'lab/one' : 'lab/two',
  path: `${ordinal}.py`,
  commit: 'abc',
  licence: 'MIT',
  generation_keys: '["aa","bb"]',
  kind: '',
  level: '',
}));

const steps = [0, 1, 2].map((step) => ({
  step,
  steps: 3,
  loss: 0.75 - step / 4,
  rank_loss: 0.5,
  lm_loss: null,
  accuracy: 0.25 * step,
  lr: 2 ** -20,
  pairs: 8,
  equal: 0,
  tokens: 300,
  cut: 0,
  ranks: 1,
  ...(step === 2 && { held_out: { rank_loss: 0.375, lm_loss: null, accuracy: 1 } }),
}));

const jsonLines = (lines: object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** A run in which steps have made pairs, and a training a checkpoint. */
async function studied(): Promise<RecordedFolder> {
  const user = await recordedFolder();
  await user.record('study-1', pipeline, {
    artifact: async ({ node, output, artifacts, store }) => {
      const type = node.outputs[output] ?? '';
      if (type === 'checkpoint') {
        const progress = { name: 'progress.jsonl', text: jsonLines(steps) };
        const files = [{ name: 'config.json', text: '{}' }, { name: 'tokenizer/vocab.txt', text: 'a' }, progress];
        const shards = await Promise.all(
          files.map(async ({ name, text }) => ({ digest: await store.putBytes(Buffer.from(text)), rows: 1, bytes: text.length, name })),
        );
        return artifacts.writeManifest({ type, rows: 2, shards, meta: {} });
      }
      const waterfall = [{ stage: 'code', count: 9, reason: '', flags: { 'repeats-code': 2 } }, { stage: 'pairs', count: 3, reason: 'equal' }];
      const statistics = describePairs({ lengths: createPairLengths(pairs), waterfall });
      const meta = { statistics } as unknown as JsonObject;
      const shard = await artifacts.writeJsonl([{ node: node.id }]);
      if (type !== 'pairs') return artifacts.writeManifest({ type, rows: 1, shards: [shard], meta: {} });
      const rows = output === 'test' ? pairs.slice(0, 2) : pairs;
      const shards = await artifacts.writeParquet({ columns: pairColumns, rows });
      return artifacts.writeManifest({ type, rows: rows.length, shards, meta });
    },
  });
  return user;
}

/** What `datasets.load_dataset` reads of a folder: the rows of each split. */
async function loaded(folder: string): Promise<{ [split: string]: object[] }> {
  const script = `
import json, sys
from datasets import load_dataset
data = load_dataset(sys.argv[1], cache_dir=sys.argv[2])
json.dump({split: rows.to_list() for split, rows in data.items()}, sys.stdout)
`;
  const env = { HF_HUB_OFFLINE: '1', HF_DATASETS_DISABLE_PROGRESS_BARS: '1' };
  const { stdout } = await execa(await referencePython(), ['-c', script, folder, `${folder}-cache`], { env });
  return JSON.parse(stdout) as { [split: string]: object[] };
}

/** What TensorBoard reads of a folder: by tag, the step and the value of each point. */
async function scalarsIn(folder: string): Promise<{ [tag: string]: [step: number, value: number][] }> {
  const script = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1])
events.Reload()
print(json.dumps({tag: [[each.step, each.value] for each in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))
`;
  const { stdout } = await execa(await referencePython(), ['-c', script, folder]);
  return JSON.parse(stdout) as { [tag: string]: [number, number][] };
}

describe('export', () => {
  test.each(['huggingface', 'jsonl'])('writes pairs as %s, which datasets.load_dataset reads as they are', async (format) => {
    await using user = await studied();
    const { exitCode, stdout, stderr } = await user.codepmp('export', 'pairs', 'out', '--format', format);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: join(user.path, 'out'), stderr: '6 rows of pairs' });
    expect(await loaded(join(user.path, 'out'))).toEqual({ train: pairs });
  });

  test('writes rows of which only late ones have some keys, more than datasets looks at to find them', async () => {
    await using user = await recordedFolder();
    const answers = [{ text: 'x', score: 1, tags: ['a'] }, { text: 'y', score: 0.5, tags: [] }];
    const some = { answers, share: 0.5, isLate: true, failure: 'timeout' };
    const none = { answers: null, share: null, isLate: null, failure: null };
    const text = 'x'.repeat(10_000);
    const rows = Array.from({ length: 1_200 }, (_, ordinal) => ({ ordinal, text, tag: null, ...(ordinal > 1_100 && some) }));
    await user.record('study-1', pipeline, {
      artifact: async ({ node, output, artifacts }) => {
        const shard = await artifacts.writeJsonl(node.id === 'chosen' ? rows : [{ node: node.id }]);
        return artifacts.writeManifest({ type: node.outputs[output] ?? '', rows: shard.rows, shards: [shard], meta: {} });
      },
    });
    expect(await user.codepmp('export', 'chosen', 'out', '--format', 'jsonl')).toMatchObject({ exitCode: 0, stderr: '1,200 rows of chosen' });
    expect(await loaded(join(user.path, 'out'))).toEqual({ train: rows.map((row) => ({ ...none, ...row })) });
  });

  test('says in the data card where the rows come from', async () => {
    await using user = await studied();
    await user.codepmp('export', 'pairs', 'out');
    const card = readFileSync(join(user.path, 'out', 'README.md'), 'utf8');
    expect(card).toMatch(/^---\nlicense: mit\n/);
    for (const line of [
      'Exported by codepmp 0.1.0 from the run `study-1`.',
      '| rejected | respond | sha256:',
      '| code | kept, 2 repeats-code | 9 |',
      '| pairs | equal | 3 |',
      '| Python | 5 |',
      '| C | 1 | 9 |  | 3 |  | 3.0 |',
      '| Total | 6 | 54 | 35 | 18 | 7.0 | 3.0 |',
      'With 95 % intervals; 0.5 says nothing. Lengths are those of the paired texts, in characters.',
      '| Total | 1.000 [0.557, 1.000], n 6 | 1.000 [0.557, 1.000], n 6 | 0.917 [0.768, 1.000], n 6 |  |  |',
      '| MIT | 6 |',
      '| lab/two | 4 |',
    ])
      expect(card).toContain(line);
    expect(card).not.toContain('accuracy');
  });

  test('makes a split of each output', async () => {
    await using user = await studied();
    const { exitCode, stdout } = await user.codepmp('export', 'sums', 'out', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ step: 'sums', parts: [{ split: 'test', rows: 2 }, { split: 'train', rows: 6 }] });
    expect(await loaded(join(user.path, 'out'))).toEqual({ train: pairs, test: pairs.slice(0, 2) });
  });

  test('writes a checkpoint as its files, and notes every export', async () => {
    await using user = await studied();
    expect(await user.codepmp('export', 'rm', 'model')).toMatchObject({ exitCode: 0, stderr: '3 files of rm' });
    expect(readFileSync(join(user.path, 'model', 'tokenizer', 'vocab.txt'), 'utf8')).toBe('a');
    expect(await listExports(user.store)).toEqual([
      {
        folder: join(user.path, 'model'),
        machine: hostname(),
        copy: expect.stringMatching(/^[0-9a-f]{16}$/),
        run: 'study-1',
        step: 'rm',
        node: 'rm',
        format: 'huggingface',
        artifacts: [expect.stringMatching(/^[0-9a-f]{64}$/)],
        splits: ['train'],
      },
    ]);
  });

  test('writes what a training has measured, as TensorBoard reads it', async () => {
    await using user = await studied();
    const { exitCode, stdout, stderr } = await user.codepmp('export', 'rm', 'curves', '--format', 'tensorboard');
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: join(user.path, 'curves'), stderr: '3 training steps of rm' });
    const told = ['loss', 'rank_loss', 'accuracy', 'lr', 'pairs', 'equal', 'tokens', 'cut'] as const;
    expect(await scalarsIn(join(user.path, 'curves'))).toEqual({
      ...Object.fromEntries(told.map((name) => [`train/${name}`, steps.map((each) => [each.step, each[name]])])),
      'held_out/rank_loss': [[2, 0.375]],
      'held_out/accuracy': [[2, 1]],
    });
    expect(await user.codepmp('export', 'pairs', 'none', '--format', 'tensorboard')).toMatchObject({
      exitCode: 1,
      stderr: 'codepmp: pairs (pair) is no training and has no curves',
    });
  });

  test('writes the curves of a training that has not finished, each step as it was taken last', async () => {
    await using user = await recordedFolder();
    await user.record('study-1', pipeline, { fail: { rm: 'no memory' } });
    const record = await readRun(user.store, 'study-1');
    const job = jobFolder(user.store, record?.units.find(({ id }) => id === 'rm')?.key ?? '');
    const measured = { event: 'held-out', after: 1, held_out: { accuracy: 0.5 } };
    await mkdir(job, { recursive: true });
    await writeFile(join(job, 'progress.jsonl'), `${jsonLines([...steps.slice(0, 2), { ...steps[1], loss: 2 }, measured])}{"step": 2, "lo`);
    await user.codepmp('export', 'rm', 'curves', '--format', 'tensorboard');
    expect(await scalarsIn(join(user.path, 'curves'))).toMatchObject({
      'train/loss': [[0, 0.75], [1, 2]],
      'held_out/accuracy': [[1, 0.5]],
    });
  });

  test('writes into no folder that has files, and leaves nothing behind where it fails', async () => {
    await using user = await studied();
    await mkdir(join(user.path, 'full'));
    await writeFile(join(user.path, 'full', 'mine'), '');
    expect(await user.codepmp('export', 'pairs', 'full')).toMatchObject({
      exitCode: 1,
      stderr: `codepmp: ${join(user.path, 'full')} is not empty. Name a new folder, or delete this one first`,
    });
    expect(await user.codepmp('export', 'code', 'new')).toMatchObject({
      exitCode: 1,
      stderr: 'codepmp: the rows of code (corpus) are not in parquet. Use --format jsonl',
    });
    expect(existsSync(join(user.path, 'new'))).toBe(false);
    expect(readdirSync(user.path).toSorted()).toEqual(['.codepmp', 'full']);
  });
});
