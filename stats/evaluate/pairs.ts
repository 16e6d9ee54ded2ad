import type { DataStatistics, LanguageStatistics, PairBias, TokenCount, WaterfallStage } from '../../plan/metrics.ts';
import { aucOfPairs } from '../auc.ts';
import { share } from '../interval.ts';
import { joinedCounts } from '../pair-counts.ts';
import type { LanguageSums, PairLengths, TokenSum } from './pair-lengths.ts';

export interface DescribePairsOptions {
  lengths: PairLengths;
  /** Answers of each side: how many there were and how many passed. Default: none. */
  keep?: { chosen: KeptAnswers; rejected: KeptAnswers };
  waterfall?: readonly WaterfallStage[];
}

interface KeptAnswers {
  kept: number;
  of: number;
}

/** Amount and length statistics of preference pairs by language, and what trivial features alone say about the preference. */
export function describePairs({ lengths, keep, waterfall = [] }: DescribePairsOptions): DataStatistics {
  const all = [...lengths.languages.values()];
  const statistics = (language: string, sums: readonly LanguageSums[]): LanguageStatistics => ({
    language,
    pairs: sums.reduce((total, { pairs }) => total + pairs, 0),
    prompt: tokenCount(sums.map(({ prompt }) => prompt)),
    chosen: tokenCount(sums.map(({ chosen }) => chosen)),
    rejected: tokenCount(sums.map(({ rejected }) => rejected)),
    bias: biasOf(sums),
  });
  return {
    languages: [...lengths.languages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([language, sums]) => statistics(language, [sums])),
    total: statistics('Total', all),
    keep: keep ? keepOf(keep) : null,
    waterfall: [...waterfall],
  };
}

/** Null where neither side has answers. */
function keepOf(sides: NonNullable<DescribePairsOptions['keep']>): DataStatistics['keep'] {
  const answered = Object.entries(sides).filter(([, { of }]) => of > 0);
  return answered.length === 0 ? null : Object.fromEntries(answered.map(([side, { kept, of }]) => [side, share(kept, of)]));
}

function biasOf(sums: readonly LanguageSums[]): PairBias {
  const of = (feature: keyof LanguageSums['features']) => joinedCounts(sums.map(({ features }) => features[feature]));
  const length = of('length');
  const { pairs, larger, equal } = length.seen;
  return {
    chosen_longer: { ties: equal, ...share(larger + equal / 2, pairs) },
    length: aucOfPairs(length),
    lines: aucOfPairs(of('lines')),
    comments: aucOfPairs(of('comments')),
    fences: aucOfPairs(of('fences')),
  };
}

function tokenCount(sums: readonly TokenSum[]): TokenCount {
  const n = sums.reduce((sum, each) => sum + each.n, 0);
  const total = sums.reduce((sum, each) => sum + each.total, 0);
  return { n, total, mean: n === 0 ? null : total / n };
}
