import { Type } from '@sinclair/typebox';
import { choice, orNull } from '../fields.ts';

/** The settings of a draw: how many items it keeps, and its seed. */
export function drawSettings(description: string, example: number) {
  return {
    take: orNull('integer', { description, minimum: 1, default: null, examples: [example] }),
    seed: seedSetting('Seed of the draw.'),
  };
}

/** Pairs to train on that are drawn after the split. */
export const drawPairsSettings = drawSettings(
  'Pairs to train on, drawn by the seed after the split; null: all. The test set is the same in any case.',
  40_000,
);

export function seedSetting(description: string, example = 1) {
  return Type.Integer({ description, minimum: 0, default: 1, examples: [example] });
}

/** Items that a draw keeps of so many; null: not known. */
export function keptItems(take: number | null, of: number | null): number | null {
  return take === null || of === null ? (of ?? take) : Math.min(take, of);
}

/** Items times so many; null: not known. */
export function multipliedItems(items: number | null, each: number): number | null {
  return items === null ? null : items * each;
}

/** Items of two inputs together; null: not known. */
export function addedItems(some: number | null, others: number | null): number | null {
  return some === null || others === null ? null : some + others;
}

/** The folder of a published data set, under its usual name. */
export function publishedFolder(name: string) {
  return {
    source: { description: 'Name of the folder or file of the published data, under `sources` of the configuration.', default: name },
  };
}

/** The data files of a folder, but for those of another data set that is published with it. */
export function dataFiles(...others: string[]): { include: string[]; exclude: string[] } {
  return { include: ['**/*.{parquet,json,jsonl,txt}{,.gz}'], exclude: ['**/dataset_info*.json', '**/state.json', ...others] };
}

/** How many pairs of one question are tested, where it has several. */
export const testPairsSetting = choice(['one', 'all'], {
  description: 'Test pairs of a question: one, which its texts decide, or all, which are no independent items.',
  default: 'one',
  examples: ['all'],
});

/** A share that is held out for the test. */
export function testShareSetting(of: string) {
  return Type.Number({
    description: `Share of the ${of} held out for the test.`,
    exclusiveMinimum: 0,
    exclusiveMaximum: 1,
    default: 0.1,
    examples: [0.1],
  });
}
