import type { DataStatistics, LanguageStatistics, TokenCount, WaterfallStage } from '../../plan/metrics.ts';
import { aucOfPairs } from '../auc.ts';
import { share } from '../interval.ts';
import type { LanguageSums, PairLengths } from './pair-lengths.ts';

export interface DescribePairsOptions {
  lengths: PairLengths;
  /** Answers of each side: how many there were and how many passed. */
  keep?: { chosen: { kept: number; of: number }; rejected: { kept: number; of: number } } | null;
  waterfall?: readonly WaterfallStage[];
}

/** Amount and length statistics of preference pairs by language, and what length alone says about the preference. */
export function describePairs({ lengths, keep = null, waterfall = [] }: DescribePairsOptions): DataStatistics {
  const count = lengths.count();
  const tokens = count > 0 ? lengths.tokens() : null;
  const sides = tokens ?? lengths.characters();
  let ties = 0;
  let longer = 0;
  for (let at = 0; at < count; at += 1) {
    const [chosen = 0, rejected = 0] = [sides.chosen[at], sides.rejected[at]];
    if (chosen === rejected) ties += 1;
    else if (chosen > rejected) longer += 1;
  }
  return {
    languages: [...lengths.languages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([language, sums]) => statistics(language, [sums])),
    total: statistics('Total', [...lengths.languages.values()]),
    length_unit: tokens ? 'tokens' : 'characters',
    chosen_longer: { ties, ...share(longer + ties / 2, count) },
    length_auc: aucOfPairs(sides.chosen, sides.rejected),
    keep: keep && { chosen: share(keep.chosen.kept, keep.chosen.of), rejected: share(keep.rejected.kept, keep.rejected.of) },
    waterfall: [...waterfall],
  };
}

function statistics(language: string, sums: readonly LanguageSums[]): LanguageStatistics {
  return {
    language,
    pairs: sums.reduce((total, { pairs }) => total + pairs, 0),
    chosen: tokenCount(sums.map(({ chosen }) => chosen)),
    rejected: tokenCount(sums.map(({ rejected }) => rejected)),
  };
}

function tokenCount(sums: readonly LanguageSums['chosen'][]): TokenCount {
  const n = sums.reduce((sum, each) => sum + each.n, 0);
  const total = sums.reduce((sum, each) => sum + each.total, 0);
  return { n, total, mean: n === 0 ? null : total / n };
}
