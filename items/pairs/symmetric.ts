import { rankOf } from '../datasets/draw.ts';
import type { DataPair } from '../datasets/rows.ts';

type SizedPair = Pick<DataPair, 'language' | 'chosen' | 'rejected' | 'origin' | 'ordinal'>;

/** Bins of a doubling of the ratio of lengths. */
const binsOfDoubling = 4;

/** Draws pairs so that the chosen side is as often the longer as the shorter one. */
export interface SymmetricDraw {
  /** To be called with every pair, before the first question. */
  note(pair: SizedPair): void;
  /** Whether the draw keeps a pair that was noted. */
  keeps(pair: SizedPair): boolean;
}

/**
 * A draw by this seed. In each language, and among pairs whose lengths in characters differ by a similar ratio, it keeps as many pairs
 * with a longer chosen side as with a shorter one; pairs of equal lengths stay. Holds 8 bytes for each pair.
 */
export function createSymmetricDraw(seed: number): SymmetricDraw {
  const bins = new Map<string, { longer: number[]; shorter: number[] }>();
  const bounds = new Map<string, number>();
  const rank = ({ origin, ordinal }: SizedPair): number => rankOf('symmetric', seed, origin, ordinal);
  /** Rank of the last pair of a bin that is kept, on both sides. */
  const boundOf = (bin: string, side: 'longer' | 'shorter'): number => {
    const key = `${side} ${bin}`;
    const known = bounds.get(key);
    if (known !== undefined) return known;
    const { longer = [], shorter = [] } = bins.get(bin) ?? {};
    const kept = Math.min(longer.length, shorter.length);
    const bound = Float64Array.from({ longer, shorter }[side]).sort()[kept - 1] ?? -1;
    bounds.set(key, bound);
    return bound;
  };
  return {
    note(pair) {
      const { bin, side } = placeInBins(pair);
      if (side === 'equal') return;
      const sides = bins.get(bin) ?? { longer: [], shorter: [] };
      sides[side].push(rank(pair));
      bins.set(bin, sides);
    },
    keeps(pair) {
      const { bin, side } = placeInBins(pair);
      return side === 'equal' || rank(pair) <= boundOf(bin, side);
    },
  };
}

function placeInBins({ language, chosen, rejected }: SizedPair): { bin: string; side: 'longer' | 'shorter' | 'equal' } {
  const doublings = Math.log2(chosen.length / rejected.length);
  const side = doublings === 0 ? 'equal' : doublings > 0 ? 'longer' : 'shorter';
  return { bin: `${Math.ceil(Math.abs(doublings) * binsOfDoubling)} ${language}`, side };
}
