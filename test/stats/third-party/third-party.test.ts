import { beforeAll, describe, expect, test } from 'vitest';
import { auc, createRandom, estimateMean, evaluateRewardbench, holm, mcnemar } from '../../../stats/index.ts';
import { normalPoint, tPoint } from '../../../stats/quantiles.ts';
import { boundMean } from '../../../stats/bound.ts';
import { sumClusters } from '../../../stats/sums.ts';
import { rewardbenchSections } from '../../../plan/benchmarks.ts';
import { reference } from './environment.ts';

const random = createRandom(17);
const whole = (below: number): number => Math.floor(random() * below);
const many = <T>(n: number, make: (index: number) => T): T[] => Array.from({ length: n }, (_, index) => make(index));

const shares = many(60, () => {
  const n = 1 + whole(2000);
  return [whole(n + 1), n, [0.1, 0.05, 0.01][whole(3)] ?? 0.05] as [count: number, n: number, alpha: number];
});
const tables = [[0, 0], [5, 0], [3, 3], ...many(60, () => [whole(80), whole(80)])] as [number, number][];
const families = many(30, () => [many(1 + whole(40), () => random() ** 3)] as [number[]]);
const ranked = many(30, () => {
  const scores = many(40, () => whole(15));
  return [scores.map((score, index) => (index < 2 ? index : whole(15) < score ? 1 : 0)), scores] as [labels: number[], scores: number[]];
});
const points = [0.2, 0.05, 0.01, 1e-4, 1e-8].flatMap((alpha) =>
  [1, 1.7, 2, 3.5, 12, 80, 1318, 90_000].map((freedom) => [alpha, freedom] as const),
);
const levels = [0.5, 0.1, 0.05, 0.01, 1e-4, 1e-10].map((alpha) => [alpha] as const);
const values = many(20_000, () => random() ** 2);
const passageOf = (index: number): number => Math.floor(index / 4);
const passages = {
  values: many(12_000, (index) => ((index % 7) / 6) * random() * 0.8 + (passageOf(index) % 5) / 20),
  clusters: many(12_000, passageOf),
};

const pairs = Object.entries(rewardbenchSections)
  .filter(([section]) => section !== 'prior-sets')
  .flatMap(([, subsets]) => Object.keys(subsets))
  .filter((subset) => subset !== 'hep-rust')
  .flatMap((kind) =>
    many(5 + whole(40), () => ({ kind, prompt: 'p', chosen: 'c', rejected: 'r', chosen_score: whole(8), rejected_score: whole(6) })),
  );
const rewardbench = evaluateRewardbench({ rows: pairs });
const accuracies = Object.fromEntries(rewardbench.subsets.map(({ subset, accuracy }) => [subset, accuracy.value]));

interface Reference {
  proportion_confint: [low: number, high: number][];
  mcnemar: number[];
  multipletests: number[][];
  roc_auc_score: number[];
  sections: { [section: string]: number }[];
  mean: number[];
  mean_stderr: number[];
  clustered: number[];
  t: number[];
  normal: number[];
}

let theirs: Reference;

beforeAll(async () => {
  theirs = await reference<Reference>({
    proportion_confint: shares,
    mcnemar: tables,
    multipletests: families,
    roc_auc_score: ranked,
    sections: [[accuracies]],
    mean: [[values]],
    mean_stderr: [[values]],
    clustered: [[passages.values, passages.clusters]],
    t: points,
    normal: levels,
  });
});

/** Half the width of a 95 % interval in units of the normal distribution. */
function errorOf([low, high]: [number, number]): number {
  return (high - low) / (2 * normalPoint(0.05));
}

describe('our statistics are those of', () => {
  test('statsmodels: intervals of shares', () => {
    for (const [index, [count, n, alpha]] of shares.entries()) {
      const ours = boundMean(sumClusters({ values: many(n, (item) => (item < count ? 1 : 0)) }))?.at(alpha);
      const [low = 0, high = 1] = theirs.proportion_confint[index] ?? [];
      expect(ours).toEqual([expect.closeTo(Math.max(0, low), 9), expect.closeTo(Math.min(1, high), 9)]);
    }
  });

  test('statsmodels: McNemar, less half of what the table itself adds', () => {
    expect(tables.map(([first, second]) => mcnemar(first, second))).toEqual(theirs.mcnemar.map((p) => expect.closeTo(p, 10)));
  });

  test('statsmodels: Holm', () => {
    expect(families.map(([ps]) => holm(ps))).toEqual(theirs.multipletests.map((ps) => ps.map((p) => expect.closeTo(p, 12))));
  });

  test('scikit-learn: the area under the curve', () => {
    const ours = ranked.map(([labels, scores]) => {
      const of = (label: number): number[] => scores.filter((_, index) => labels[index] === label);
      return auc(of(1), of(0));
    });
    expect(ours).toEqual(theirs.roc_auc_score.map((value) => expect.closeTo(value, 10)));
  });

  test('rewardbench: scores of sections by its own counts, a subset that is not there left out', () => {
    const ours = rewardbench.sections.filter(({ section }) => section !== 'prior-sets').map(({ accuracy }) => accuracy.value);
    expect(ours).toEqual(Object.values(theirs.sections[0] ?? {}).map((value) => expect.closeTo(value, 12)));
    expect(rewardbench.overall.value).toBeCloseTo(Object.values(theirs.sections[0] ?? {}).reduce((sum, each) => sum + each, 0) / 4, 12);
  });

  test('lm_eval: mean and its standard error, which the added values no longer move where items are many', () => {
    const { value, interval } = estimateMean({ values });
    expect(value).toBeCloseTo(theirs.mean[0] ?? 0, 12);
    expect(errorOf(interval ?? [0, 0]) / (theirs.mean_stderr[0] ?? 1)).toBeCloseTo(1, 3);
  });

  test('statsmodels: the standard error by clusters', () => {
    const ratio = errorOf(estimateMean(passages).interval ?? [0, 0]) / (theirs.clustered[0] ?? 1);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.02);
  });

  test('scipy: points of the normal and of Student’s distribution', () => {
    expect(levels.map(([alpha]) => normalPoint(alpha))).toEqual(theirs.normal.map((point) => expect.closeTo(point, 8)));
    for (const [index, [alpha, freedom]] of points.entries()) {
      const point = theirs.t[index] ?? 0;
      expect(Math.abs(tPoint(alpha, freedom) / point - 1), `t of ${alpha}, ${freedom}`).toBeLessThan(1e-8);
    }
  });
});
