import { describe, expect, it } from 'vitest';
import { mathLayout, partsOf, rewardbenchPart, rmBenchPart, splitOf } from '../../../items/index.ts';

const layout = { parts: ['train', 'validation', 'test'], partOf: splitOf };

describe('the part of a data set that a path names', () => {
  it.each([
    ['train.jsonl', 'train'],
    ['main/train-00000-of-00001.parquet', 'train'],
    ['logiqa/DATA/LOGIQA/dev.txt', 'validation'],
    ['reclor_data/val.json', 'validation'],
    ['test500.jsonl', 'test'],
    ['test/algebra/1.json', 'test'],
    ['train/test.json', 'test'],
    ['constrained.jsonl', ''],
    ['math-shepherd.jsonl', ''],
  ])('%s: %s', (path, part) => {
    expect(splitOf(path)).toBe(part);
  });

  it.each([
    ['data/filtered-00000-of-00001.parquet', 'filtered'],
    ['data/raw-00000-of-00001.parquet', ''],
    ['data/summarize-00000-of-00001.parquet', 'summarize'],
    ['data/anthropic_helpful-00000-of-00001.parquet', 'anthropic_helpful'],
    ['data/pku_safer-00000-of-00001.parquet', ''],
  ])('of RewardBench and its prior sets: %s: %s', (path, part) => {
    expect(rewardbenchPart(path)).toBe(part);
  });

  it.each([
    ['data/total_dataset.json', 'total'],
    ['data/safety-refuse_filtered.json', 'safety-refuse'],
    ['data/math_filtered.json', 'math'],
    ['README.json', ''],
  ])('of RM-Bench: %s: %s', (path, part) => {
    expect(rmBenchPart(path)).toBe(part);
  });
});

describe('files of a data set', () => {
  it('are sorted by their parts, shards in their order', () => {
    const paths = ['data/test-00000-of-00001.parquet', 'data/train-00000-of-00002.parquet', 'data/train-00001-of-00002.parquet'];
    expect(partsOf(paths, layout)).toEqual({ parts: { train: paths.slice(1), test: paths.slice(0, 1) } });
  });

  it('that could each be a part are a problem that names them, but not where the part is not read', () => {
    const paths = ['other.jsonl', 'main/train-00000-of-00001.parquet', 'notes.jsonl', 'train.jsonl'];
    expect(partsOf(paths, layout)).toEqual({ problem: 'main/train-00000-of-00001.parquet, train.jsonl could each be the part train' });
  });

  it('whose shards are not all there are a problem', () => {
    expect(partsOf(['train-00000-of-00003.parquet', 'train-00002-of-00003.parquet'], layout)).toEqual({
      problem: 'the part train has 2 of 3 shards: train-00000-of-00003.parquet, train-00002-of-00003.parquet',
    });
  });

  it('of MATH may be a file a problem, or a table a subject', () => {
    const single = ['MATH/test/algebra/1.json', 'MATH/test/algebra/2.json', 'MATH/test/number_theory/1.json'];
    expect(partsOf(single, mathLayout)).toEqual({ parts: { test: single } });
    const tables = ['algebra/test-00000-of-00001.parquet', 'geometry/test-00000-of-00001.parquet'];
    expect(partsOf(tables, mathLayout)).toEqual({ parts: { test: tables } });
    expect(partsOf([...single, 'MATH-500/test.jsonl'], mathLayout)).toEqual({
      problem: 'MATH/test/algebra/1.json, MATH-500/test.jsonl could each be the part test',
    });
  });
});
