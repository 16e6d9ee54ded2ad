import { describe, expect, test } from 'vitest';
import { kindOf } from '../../../schemas/index.ts';
import type { JsonObject } from '../../../plan/index.ts';

const itemsOfDataset = (kind: string, settings: JsonObject) => kindOf(kind).items?.(settings, () => null);

describe('items of a published data set', () => {
  test('are cut by take in its training part alone', () => {
    expect(itemsOfDataset('dataset/reclor', { take: 500 })).toEqual({ train: 500, test: 1_500, choices: 500 });
    expect(itemsOfDataset('dataset/gsm8k', { take: 100 })).toEqual({ train: 100, test: 1_319 });
  });

  test('are never more than it has', () => {
    expect(itemsOfDataset('dataset/reclor', { take: 40_000 })).toEqual(itemsOfDataset('dataset/reclor', { take: null }));
    expect(itemsOfDataset('dataset/math-shepherd', { pairs: 'one', take: 1_000_000 })).toEqual({ train: 40_000, test: 4_300 });
    expect(itemsOfDataset('dataset/math-shepherd', { pairs: 'all', take: null })).toEqual({ train: 800_000, test: 4_300 });
  });

  test('follow the share that is held out', () => {
    expect(itemsOfDataset('dataset/code-ultrafeedback', { test_share: 0.1, take: null })).toEqual({ train: 8_550, test: 950 });
  });

  test('are a test set alone where it is a benchmark', () => {
    expect(itemsOfDataset('dataset/rewardbench', {})).toEqual({ test: 2_985 });
  });
});
