import type { LengthBias, PairNote } from '../../plan/index.ts';
import { aucOfPairs } from '../auc.ts';
import { share } from '../interval.ts';
import { createPairCounts, type PairCounts } from '../pair-counts.ts';
import { languageOf, type PairRow } from './pair-lengths.ts';

/** What a tally reads of a pair. */
export type TalliedPair = Pick<PairRow, 'language' | 'path' | 'chosen' | 'rejected'>;

/** Counts pairs while they are made. */
export interface PairTally {
  /** Adds so many items and the pairs that were made of them. */
  add(items: number, made: readonly TalliedPair[]): void;
  note(): PairNote;
}

/**
 * A tally of no pairs. For the AUC, lengths may count as equal to others that differ by less than a tenth: memory and time of a note then
 * do not grow with the number of pairs.
 */
export function createPairTally(): PairTally {
  const languages = new Map<string, { longer: number; lengths: PairCounts }>();
  let of = 0;
  return {
    add(items, made) {
      of += items;
      for (const pair of made) {
        const language = languageOf(pair);
        const sums = languages.get(language) ?? { longer: 0, lengths: createPairCounts() };
        languages.set(language, sums);
        const [chosen, rejected] = [pair.chosen.length, pair.rejected.length];
        sums.longer += (1 + Math.sign(chosen - rejected)) / 2;
        sums.lengths.add(stepOf(chosen), stepOf(rejected));
      }
    },
    note() {
      const made = [...languages.values()].reduce((sum, { lengths }) => sum + lengths.seen.pairs, 0);
      const biases = [...languages].map(([language, { longer, lengths }]): [string, LengthBias] => [
        language,
        { chosen_longer: share(longer, lengths.seen.pairs), length: aucOfPairs(lengths) },
      ]);
      return { of, made, languages: Object.fromEntries(biases) };
    },
  };
}

/** Eight steps for a doubling of the length. */
function stepOf(length: number): number {
  return Math.round(8 * Math.log2(1 + length));
}
