import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Row } from '../../../../ports/artifacts.ts';
import { openWorkbench } from '../../rig.ts';
import { gzipped, jsonLines, readData, readWith } from './rig.ts';

const python = join(import.meta.dirname, '..', '..', '..', '..', '.setup', 'python', 'bin', 'python');

const convert = `
import sys, pyarrow.json, pyarrow.parquet
table = pyarrow.json.read_json(sys.argv[1])
half = len(table) // 2
pyarrow.parquet.write_table(table.slice(0, half), sys.argv[2], row_group_size=2)
pyarrow.parquet.write_table(table.slice(half), sys.argv[3], compression="zstd")
`;

/** Rows as two shards of parquet, written as the hub's library does. */
function parquetShards(rows: object[]): [Uint8Array, Uint8Array] {
  const folder = mkdtempSync(join(tmpdir(), 'codepmp-shards-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [lines, one, other] = ['rows.jsonl', 'one', 'other'].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(lines, jsonLines(rows));
  execFileSync(python, ['-c', convert, lines, one, other]);
  return [readFileSync(one), readFileSync(other)];
}

const questions = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => ({ question: `What is ${index} for ${name}?`, answer: `It is.\n#### ${index}` }));

const passages = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => ({
    context: `Passage ${Math.floor(index / 2)} of ${name}.`,
    question: `Which ${index}?`,
    answers: ['a', 'b', 'c', 'd'].map((letter) => `${letter}${index}`),
    label: index % 4,
    id_string: `${name}_${index}`,
  }));

const conversations = Array.from({ length: 20 }, (_, index) => ({
  instruction: [{ role: 'user', content: `Say ${index}` }],
  chosen: [{ role: 'assistant', content: `I say ${index}` }],
  rejected: [{ role: 'assistant', content: 'No' }],
}));

const solutions = Array.from({ length: 40 }, (_, question) =>
  ['+', '+', '-', '-', '-'].map((label, index) => ({
    input: `What is ${question}? Step 1: It is ${index}. ки`,
    label: `What is ${question}? Step 1: It is ${index}. ${label}`,
    task: 'GSM8K',
  })),
).flat();

const made = (rows: Row[] | undefined) => rows?.map(({ prompt, chosen, rejected }) => [prompt, chosen, rejected].join()) ?? [];

describe('the same rows make the same artifacts', () => {
  it('of problems, whether JSON lines, gzipped, an array, or parquet shards of a hub folder', async () => {
    const [train, test] = [questions(7, 'train'), questions(4, 'test')];
    const [one, other] = parquetShards(train);
    const variants = [
      { 'train.jsonl': jsonLines(train), 'test.jsonl': jsonLines(test), 'README.md': '# GSM8K' },
      { 'train.jsonl.gz': gzipped(train), 'data/test.json': JSON.stringify(test, null, 2), 'train_socratic.jsonl': jsonLines(test) },
      {
        'main/train-00000-of-00002.parquet': one,
        'main/train-00001-of-00002.parquet': other,
        'main/test.jsonl': jsonLines(test),
        'socratic/train-00000-of-00001.parquet': one,
        'dataset_infos.json': '{}',
      },
    ];
    const digests = await Promise.all(variants.map(async (files) => (await readData('dataset/gsm8k', files)).digests));
    expect(new Set(digests.map((each) => JSON.stringify(each))).size).toBe(1);
  });

  it('of questions with lists of options, and of conversations', async () => {
    const [train, test] = [passages(6, 'train'), passages(4, 'val')];
    const [one, other] = parquetShards(train);
    const json = await readData('dataset/reclor', { 'train.json': JSON.stringify(train), 'val.json': JSON.stringify(test) });
    const shards = { 'data/train-00000-of-00002.parquet': one, 'data/train-00001-of-00002.parquet': other };
    const hub = await readData('dataset/reclor', { ...shards, 'data/validation.jsonl': jsonLines(test) });
    expect(hub.digests).toEqual(json.digests);
    const [first, second] = parquetShards(conversations);
    const pairs = { 'data/train-00000-of-00002.parquet': first, 'data/train-00001-of-00002.parquet': second };
    const fromHub = await readData('dataset/code-ultrafeedback', pairs);
    expect(fromHub.digests).toEqual((await readData('dataset/code-ultrafeedback', { 'pairs.jsonl': jsonLines(conversations) })).digests);
  });
});

describe('a draw of training data', () => {
  it('is the beginning of a larger one under one seed, and leaves the test as it is', async () => {
    const files = { 'math-shepherd.jsonl': jsonLines(solutions) };
    const read = async (settings: string) => (await readData('dataset/math-shepherd', files, settings)).outputs;
    const [all, few, other] = await Promise.all(['pairs: all', 'pairs: all, take: 9', 'pairs: all, take: 9, seed: 2'].map(read));
    expect(all?.['train']).toHaveLength(36 * 6);
    expect(made(few?.['train'])).toEqual(made(all?.['train']).slice(0, 9));
    expect(made(other?.['train'])).not.toEqual(made(few?.['train']));
    expect([few?.['test'], other?.['test']]).toEqual([all?.['test'], all?.['test']]);
  });

  it('of one pair a question has each question once, and no question of the test', async () => {
    const { outputs } = await readData('dataset/math-shepherd', { 'math-shepherd.jsonl': jsonLines(solutions) });
    const origins = (rows: Row[] | undefined) => rows?.map(({ origin }) => origin) ?? [];
    expect([origins(outputs['train']).length, origins(outputs['test']).length]).toEqual([36, 4]);
    expect(new Set([...origins(outputs['train']), ...origins(outputs['test'])]).size).toBe(40);
  });

  it('splits rows where it is asked to, so that a question can be on both sides', async () => {
    const files = { 'math-shepherd.jsonl': jsonLines(solutions) };
    const { outputs, checks } = await readData('dataset/math-shepherd', files, 'split_by: row, pairs: all');
    expect(outputs['train']?.length).toBeGreaterThan(100);
    expect(checks.overlap?.equal).toBeGreaterThan(0);
  });
});

describe('test pairs', () => {
  it('are one a question, or all; its choices keep their passages together', async () => {
    const files = { 'train.json': JSON.stringify(passages(6, 'train')), 'val.json': JSON.stringify(passages(4, 'val')) };
    const one = await readData('dataset/reclor', files);
    const all = await readData('dataset/reclor', files, 'test_pairs: all');
    expect([one.outputs['test']?.length, all.outputs['test']?.length]).toEqual([4, 12]);
    expect(made(all.outputs['test'])).toEqual(expect.arrayContaining(made(one.outputs['test'])));
    expect(all.outputs['test']?.slice(0, 3).map(({ ordinal, path }) => [ordinal, path])).toEqual([0, 1, 2].map((n) => [n, 'validation:1']));
    expect(all.outputs['train']).toEqual(one.outputs['train']);
    const found = one.outputs['choices']?.map(({ passage }) => passage) ?? [];
    expect([found[0] === found[1], found[1] === found[2]]).toEqual([true, false]);
  });

  it('of preferences are the published test part where there is one, else a share of the prompts', async () => {
    const rows = conversations.map(({ instruction, ...sides }) => ({ prompt: instruction, ...sides }));
    const held = await readData('dataset/preference', { 'pairs.jsonl': jsonLines(rows) }, 'test_share: 0.25');
    expect([held.outputs['train']?.length, held.outputs['test']?.length]).toEqual([15, 5]);
    const files = { 'train.jsonl': jsonLines(rows.slice(3)), 'test.jsonl': jsonLines(rows.slice(0, 3)) };
    const published = await readData('dataset/preference', files);
    expect([published.outputs['train']?.length, published.outputs['test']?.length]).toEqual([17, 3]);
    const benchmark = await readData('dataset/preference', { 'test.jsonl': files['test.jsonl'] });
    expect([benchmark.outputs['train']?.length, benchmark.outputs['test']?.length]).toEqual([0, 3]);
  });

  it('of RewardBench have the prior sets where these are asked for', async () => {
    const pair = { prompt: 'p', chosen: 'a', rejected: 'b' };
    const sets = ['anthropic_helpful', 'anthropic_hhh', 'shp', 'summarize'];
    const asked = (text: string) => jsonLines([{ ...pair, prompt: [{ role: 'user', content: text }] }]);
    const files = {
      ...Object.fromEntries(sets.map((set) => [`data/${set}.jsonl`, asked(set)])),
      'data/filtered.jsonl': jsonLines([{ ...pair, subset: 'refusals-offensive' }]),
      'data/raw.jsonl': jsonLines([pair]),
    };
    const kinds = async (settings?: string) =>
      (await readData('dataset/rewardbench', files, settings)).outputs['test']?.map(({ kind }) => kind);
    expect([await kinds(), await kinds('prior_sets: true')]).toEqual([['refusals-offensive'], ['refusals-offensive', ...sets]]);
  });
});

describe('rows that cannot be used', () => {
  it('are counted by their reason with the first of them, and the step warns', async () => {
    const rows = [...passages(4, 'val'), { context: 'p', question: 'q', answers: ['a'], label: 0 }, { context: 'p' }, { context: 'p' }];
    const train = [...passages(4, 'train'), passages(1, 'train')[0]];
    const { checks, warning } = await readData('dataset/reclor', { 'train.json': JSON.stringify(train), 'val.json': JSON.stringify(rows) });
    expect(checks).toEqual({
      read: { train: 5, validation: 7 },
      refused: { 'no-four-answers': { rows: 1, first: 'val.json:5' }, 'no-question': { rows: 2, first: 'val.json:6' } },
      duplicates: 1,
      overlap: { of: 4, equal: 0, similar: 0 },
    });
    expect(warning).toBe('3 of 12 rows were refused: 1 no-four-answers (first: val.json:5), 2 no-question (first: val.json:6)');
  });

  it('alone are an error that names the columns that are there', async () => {
    const files = { 'pairs.jsonl': jsonLines([{ query: 'q', better: 'a', worse: 'b' }]) };
    await expect(readData('dataset/preference', files)).rejects.toMatchObject({
      class: 'invalid',
      message: expect.stringMatching(
        /^data: source python-stdlib \(.+\): none of the 1 rows of train can be used: 1 no-prompt \(first: pairs.jsonl:1\). Their columns: query, better, worse$/,
      ),
    });
  });
});

describe('a source', () => {
  it('may be the file itself, whatever its folder holds', async () => {
    const [rows, others] = [conversations.slice(0, 10), conversations.slice(10)].map(jsonLines) as [string, string];
    const bench = await openWorkbench({ files: { 'a.jsonl': rows, 'b.jsonl': others }, declared: 'b.jsonl' });
    const { outputs, checks } = await readWith(bench, 'dataset/code-ultrafeedback');
    expect([outputs['train']?.length, outputs['test']?.length, checks.read]).toEqual([9, 1, { train: 10 }]);
  });

  it('that lacks a part, or has it twice, is an error that names what was found', async () => {
    const lines = jsonLines(questions(2, 'train'));
    await expect(readData('dataset/gsm8k', { 'train.jsonl': lines, 'notes.txt': '' })).rejects.toThrow(
      /has no file of the part test; found: notes.txt, train.jsonl. Correct its path in codepmp.config.yaml$/,
    );
    await expect(readData('dataset/gsm8k', { 'notes.md': '' })).rejects.toThrow(
      /has no file of the part train and no file of the part test; found: no parquet or JSON file. Correct its path in codepmp.config.yaml$/,
    );
    await expect(readData('dataset/gsm8k', { 'train.jsonl': lines, 'main/train.jsonl': lines, 'test.jsonl': lines })).rejects.toThrow(
      /: main\/train.jsonl, train.jsonl could each be the part train. Declare a folder with one of them, or the file itself$/,
    );
  });
});
