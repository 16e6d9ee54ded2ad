import type { DataStatistics, LanguageStatistics, TokenCount, WaterfallStage } from '../../plan/metrics.ts';
import { aucOfPairs } from '../auc.ts';
import { share } from '../interval.ts';

export interface PairRow {
  language: string;
  chosen: { readonly length: number };
  rejected: { readonly length: number };
  /** As the endpoint reported; null where it did not. */
  chosen_tokens: number | null;
  rejected_tokens: number | null;
}

export interface DescribePairsOptions {
  rows: readonly PairRow[];
  /** Answers of each side: how many there were and how many passed. */
  keep?: { chosen: { kept: number; of: number }; rejected: { kept: number; of: number } } | null;
  waterfall?: readonly WaterfallStage[];
}

/** Amount and length statistics of preference pairs by language, and what length alone says about the preference. */
export function describePairs({ rows, keep = null, waterfall = [] }: DescribePairsOptions): DataStatistics {
  const tokens = rows.length > 0 && rows.every((row) => row.chosen_tokens !== null && row.rejected_tokens !== null);
  const lengths = rows.map((row): [number, number] =>
    tokens ? [row.chosen_tokens ?? 0, row.rejected_tokens ?? 0] : [row.chosen.length, row.rejected.length],
  );
  const ties = lengths.filter(([chosen, rejected]) => chosen === rejected).length;
  const longer = lengths.filter(([chosen, rejected]) => chosen > rejected).length;
  return {
    languages: languagesOf(rows),
    total: statistics('Total', rows),
    length_unit: tokens ? 'tokens' : 'characters',
    chosen_longer: { ties, ...share(longer + ties / 2, rows.length) },
    length_auc: aucOfPairs(lengths),
    keep: keep && { chosen: share(keep.chosen.kept, keep.chosen.of), rejected: share(keep.rejected.kept, keep.rejected.of) },
    waterfall: [...waterfall],
  };
}

function languagesOf(rows: readonly PairRow[]): LanguageStatistics[] {
  const groups = new Map<string, PairRow[]>();
  for (const row of rows) {
    const group = groups.get(row.language);
    if (group) group.push(row);
    else groups.set(row.language, [row]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([language, group]) => statistics(language, group));
}

function statistics(language: string, rows: readonly PairRow[]): LanguageStatistics {
  return {
    language,
    pairs: rows.length,
    chosen: tokenCount(rows.map((row) => row.chosen_tokens)),
    rejected: tokenCount(rows.map((row) => row.rejected_tokens)),
  };
}

function tokenCount(counts: readonly (number | null)[]): TokenCount {
  const known = counts.filter((count) => count !== null);
  const total = known.reduce((sum, count) => sum + count, 0);
  return { n: known.length, total, mean: known.length === 0 ? null : total / known.length };
}
