import type { Kind, PlanNode } from '../../plan/index.ts';

type Published = Exclude<Extract<Kind, `dataset/${string}`>, 'dataset/arithmetic' | 'dataset/preference'>;

/** Items of each output as the data sets are published; pairs of the logic ones are the right option with each wrong one. */
const published: { [K in Published]: (settings: PlanNode['settings']) => { [output: string]: number } } = {
  'dataset/math-shepherd': ({ pairs }) => ({ train: pairs === 'all' ? 800_000 : 40_000, test: 4_300 }),
  'dataset/reclor': () => ({ train: 3 * 4_638, test: 3 * 500, choices: 500 }),
  'dataset/logiqa2': () => ({ train: 3 * 12_567, test: 3 * 1_572, choices: 1_572 }),
  'dataset/code-ultrafeedback': ({ test_share: share }) => ({ train: Math.round(9_500 * (1 - Number(share))), test: Math.round(9_500 * Number(share)) }),
  'dataset/gsm8k': () => ({ train: 7_473, test: 1_319 }),
  'dataset/math': () => ({ train: 7_500, test: 5_000 }),
  'dataset/rewardbench': () => ({ test: 2_985 }),
};

/** What a published data set holds; `take` cuts its training part alone. */
export function itemsOfDataset(kind: Published, settings: PlanNode['settings']): { [output: string]: number } {
  const { train, ...rest } = published[kind](settings);
  const { take } = settings;
  if (train === undefined) return rest;
  return { train: typeof take === 'number' ? Math.min(take, train) : train, ...rest };
}
