import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../../../ports/artifacts.ts';
import { readData } from './rig.ts';

/** A folder with excerpts of the published data sets; where it is not named, other tests have rows of their own. */
const folder = process.env['CODEPMP_TEST_DATA'] ?? '';

const excerpt = (name: string) => readFileSync(join(folder, name));

const counts = (rows: Row[] | undefined, column: string) => {
  const values = Object.entries(Object.groupBy(rows ?? [], (row) => String(row[column])));
  return Object.fromEntries(values.map(([value, group]) => [value, group?.length]));
};

const lengths = (outputs: { [output: string]: Row[] }) =>
  Object.fromEntries(Object.entries(outputs).map(([output, rows]) => [output, rows.length]));

describe.skipIf(folder === '')('an excerpt as it was published', () => {
  it('of GSM8K has a gold answer in every row, fourteen of the test with a comma', async () => {
    const { outputs, checks } = await readData('dataset/gsm8k', {
      'train.jsonl': excerpt('gsm8k-train-2000.jsonl'),
      'test.jsonl': excerpt('gsm8k-test.jsonl'),
    });
    expect(lengths(outputs)).toEqual({ train: 2000, test: 1319 });
    expect(outputs['test']?.filter(({ gold }) => String(gold).includes(','))).toHaveLength(14);
    expect(checks).toEqual({ read: { train: 2000, test: 1319 }, refused: {}, duplicates: 0, overlap: { of: 1319, equal: 0, similar: 3 } });
  });

  it('of MATH has a boxed answer in every solution, and MATH-500 the answers of its column', async () => {
    const { outputs } = await readData('dataset/math', { 'test.jsonl.gz': excerpt('math-test.jsonl.gz') });
    const { outputs: some } = await readData('dataset/math', { 'math500.jsonl': excerpt('math500.jsonl') });
    expect([lengths(outputs), lengths(some)]).toEqual([
      { train: 0, test: 5000 },
      { train: 0, test: 500 },
    ]);
    const golds = new Map(outputs['test']?.map(({ text, gold }) => [text, gold]));
    expect(some['test']?.filter(({ text, gold }) => golds.get(text ?? '') === gold)).toHaveLength(500);
  });

  it('of Math-Shepherd has no pair where every solution is wrong', async () => {
    const { outputs, checks } = await readData('dataset/math-shepherd', { 'math-shepherd.jsonl': excerpt('math-shepherd-7.jsonl') });
    expect(lengths(outputs)).toEqual({ train: 0, test: 0 });
    expect(checks).toMatchObject({ read: { '': 7 }, refused: {}, duplicates: 0 });
  });

  it('of Math-Shepherd pairs right with wrong solutions, and refuses the two rows whose labels are missing', async () => {
    const regular = excerpt('math-shepherd-shaped.jsonl').toString().split('\n').slice(0, 352).join('\n');
    const { outputs, checks } = await readData('dataset/math-shepherd', { 'math-shepherd.jsonl': regular }, 'pairs: all, test_pairs: all');
    const pairs = [...(outputs['train'] ?? []), ...(outputs['test'] ?? [])];
    expect(pairs).toHaveLength(368);
    expect(new Set(pairs.map(({ origin }) => origin)).size).toBe(70);
    expect(checks).toMatchObject({ read: { '': 352 }, refused: {}, duplicates: 2, overlap: { of: 7, equal: 0 } });
    const whole = await readData('dataset/math-shepherd', { 'math-shepherd.jsonl': excerpt('math-shepherd-shaped.jsonl') });
    expect(whole.checks).toMatchObject({
      read: { '': 362 },
      refused: {
        'labels-out-of-step': { rows: 1, first: 'math-shepherd.jsonl:356' },
        'no-step-mark': { rows: 1, first: 'math-shepherd.jsonl:357' },
      },
      duplicates: 3,
    });
    expect(whole.warning).toBe(
      '2 of 362 rows were refused: 1 labels-out-of-step (first: math-shepherd.jsonl:356), 1 no-step-mark (first: math-shepherd.jsonl:357)',
    );
  });

  it('of ReClor is measured on the validation part', async () => {
    const files = Object.fromEntries(['train', 'val', 'test'].map((part) => [`${part}.json`, excerpt(`reclor-shaped-${part}.json`)]));
    const { outputs, checks } = await readData('dataset/reclor', files);
    expect(lengths(outputs)).toEqual({ train: 180, test: 20, choices: 20, train_questions: 60, test_questions: 20 });
    expect(checks).toMatchObject({ read: { train: 60, validation: 20 }, refused: {}, duplicates: 0 });
  });

  it('of LogiQA 2.0 keeps rows whose ids repeat, and pairs options by their index', async () => {
    const files = { 'train.txt': excerpt('logiqa2-dev-300.jsonl'), 'test.txt': excerpt('logiqa2-dev-300.jsonl') };
    const { outputs, checks } = await readData('dataset/logiqa2', files);
    expect(lengths(outputs)).toEqual({ train: 898, test: 300, choices: 300, train_questions: 300, test_questions: 300 });
    expect(checks).toMatchObject({ read: { train: 300, test: 300 }, refused: {}, overlap: { of: 300, equal: 300, similar: 0 } });
  });

  it('of RewardBench has the subsets of LLMBar, where the longer answer is seldom the chosen one', async () => {
    const { outputs } = await readData('dataset/rewardbench', { 'filtered.jsonl': excerpt('rewardbench-shaped-llmbar-419.jsonl') });
    expect(counts(outputs['test'], 'kind')).toEqual({
      'llmbar-natural': 100,
      'llmbar-adver-neighbor': 134,
      'llmbar-adver-GPTInst': 92,
      'llmbar-adver-GPTOut': 47,
      'llmbar-adver-manual': 46,
    });
    const longer = outputs['test']?.filter(({ chosen, rejected }) => String(chosen).length > String(rejected).length).length ?? 0;
    expect((longer / 419).toFixed(3)).toBe('0.270');
  });

  it('of RM-Bench has nine pairs a prompt, three of each level', async () => {
    const { outputs, checks } = await readData('dataset/rm-bench', {
      'data/chat_filtered.json': excerpt('rm-bench-chat-20.json'),
      'data/code_filtered.json': excerpt('rm-bench-code-24.json'),
      'data/safety-response_filtered.json': excerpt('rm-bench-safety-response-12.json'),
    });
    expect(checks).toMatchObject({ read: { chat: 20, code: 24, 'safety-response': 12 }, refused: {}, duplicates: 0 });
    expect(counts(outputs['test'], 'kind')).toEqual({ chat: 180, code: 216, 'safety-response': 108 });
    expect(counts(outputs['test'], 'level')).toEqual({ easy: 168, normal: 168, hard: 168 });
  });

  it('of preferences in conversations has the longer answer chosen in 27 of 60', async () => {
    const { outputs } = await readData(
      'dataset/preference',
      { 'dpo.json': excerpt('dpo-sharegpt-60.json') },
      'columns: {prompt: conversations}, test_share: 0.2',
    );
    expect(lengths(outputs)).toEqual({ train: 48, test: 12 });
    const pairs = [...(outputs['train'] ?? []), ...(outputs['test'] ?? [])];
    expect(pairs.filter(({ chosen, rejected }) => String(chosen).length > String(rejected).length)).toHaveLength(27);
  });

  it.each([
    ['humanevalpack-python-164.jsonl', 164],
    ['humanevalpack-js-40.jsonl', 40],
    ['humanevalpack-go-40.jsonl', 40],
  ])('of code pairs is read by its columns: %s', async (name, rows) => {
    const columns = 'columns: {prompt: instruction, chosen: canonical_solution, rejected: buggy_solution}';
    const { outputs, checks } = await readData('dataset/preference', { [name]: excerpt(name) }, columns);
    expect((outputs['train']?.length ?? 0) + (outputs['test']?.length ?? 0)).toBe(rows);
    expect(checks).toMatchObject({ read: { train: rows }, refused: {}, duplicates: 0 });
  });
});
