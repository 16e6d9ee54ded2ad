import { describe, expect, test } from 'vitest';
import { kindOf } from '../../../schemas/index.ts';
import type { JsonObject } from '../../../plan/index.ts';

const itemsOfDataset = (kind: string, settings: JsonObject) => kindOf(kind).items?.(settings, () => null);

describe('items of a published data set', () => {
  test('are cut by take in its training part alone', () => {
    expect(itemsOfDataset('dataset/reclor', { take: 500, test_pairs: 'one' })).toMatchObject({ train: 500, test: 500, choices: 500 });
    expect(itemsOfDataset('dataset/gsm8k', { take: 100 })).toEqual({ train: 100, test: 1_319 });
  });

  test('are never more than it has', () => {
    expect(itemsOfDataset('dataset/reclor', { take: 40_000 })).toEqual(itemsOfDataset('dataset/reclor', { take: null }));
    const shepherd = (pairs: string, take: number | null) => itemsOfDataset('dataset/math-shepherd', { pairs, test_pairs: 'one', take });
    expect(shepherd('one', 1_000_000)).toEqual({ train: 40_000, test: 4_300 });
    expect(shepherd('all', null)).toEqual({ train: 800_000, test: 4_300 });
  });

  test('have one test pair a question, or all of them', () => {
    const tested = (kind: string, test_pairs: string) => itemsOfDataset(kind, { test_pairs, take: null })?.['test'];
    expect(['dataset/reclor', 'dataset/logiqa2'].map((kind) => tested(kind, 'one'))).toEqual([500, 1_572]);
    expect(['dataset/reclor', 'dataset/logiqa2'].map((kind) => tested(kind, 'all'))).toEqual([1_500, 4_716]);
  });

  test('follow the share that is held out', () => {
    expect(itemsOfDataset('dataset/code-ultrafeedback', { test_share: 0.1, take: null })).toEqual({ train: 8_550, test: 950 });
  });

  test('are a test set alone where it is a benchmark', () => {
    expect(itemsOfDataset('dataset/rewardbench', { prior_sets: false })).toEqual({ test: 2_985 });
    expect(itemsOfDataset('dataset/rewardbench', { prior_sets: true })).toEqual({ test: 20_139 });
    expect(itemsOfDataset('dataset/rm-bench', {})).toEqual({ test: 11_943 });
  });
});
