import type { TokenCount } from '../../plan/metrics.ts';

export interface PairRow {
  language: string;
  chosen: { readonly length: number };
  rejected: { readonly length: number };
  /** As the endpoint reported; null where it did not. */
  chosen_tokens: number | null;
  rejected_tokens: number | null;
}

/** Lengths of both sides of pairs, in their order. */
export interface SideLengths {
  chosen: Int32Array;
  rejected: Int32Array;
}

/** Pairs of one language and the tokens of their sides. */
export interface LanguageSums {
  pairs: number;
  chosen: Pick<TokenCount, 'n' | 'total'>;
  rejected: Pick<TokenCount, 'n' | 'total'>;
}

/** What statistics need of pairs: 16 bytes each, so that tens of millions fit into memory. */
export interface PairLengths {
  add(row: PairRow): void;
  count(): number;
  languages: ReadonlyMap<string, LanguageSums>;
  characters(): SideLengths;
  /** null unless every answer has a count. */
  tokens(): SideLengths | null;
}

/** Lengths of these pairs and of those added later. */
export function createPairLengths(rows: Iterable<PairRow> = []): PairLengths {
  const languages = new Map<string, LanguageSums>();
  const characters = createSides();
  let tokens: ReturnType<typeof createSides> | null = createSides();
  const add = ({ language, chosen, rejected, chosen_tokens, rejected_tokens }: PairRow): void => {
    characters.add(chosen.length, rejected.length);
    if (chosen_tokens === null || rejected_tokens === null) tokens = null;
    else tokens?.add(chosen_tokens, rejected_tokens);
    const sums = languages.get(language) ?? { pairs: 0, chosen: { n: 0, total: 0 }, rejected: { n: 0, total: 0 } };
    sums.pairs += 1;
    addTokens(sums.chosen, chosen_tokens);
    addTokens(sums.rejected, rejected_tokens);
    languages.set(language, sums);
  };
  for (const row of rows) add(row);
  return {
    add,
    languages,
    count: () => characters.lengths().chosen.length,
    characters: () => characters.lengths(),
    tokens: () => tokens && tokens.lengths(),
  };
}

function addTokens(sum: LanguageSums['chosen'], tokens: number | null): void {
  if (tokens === null) return;
  sum.n += 1;
  sum.total += tokens;
}

/** Longer answers count as this long: nothing that a model writes comes near it. */
const longest = 2 ** 22;

/** Two arrays of equal length that grow. */
function createSides(): { add(chosen: number, rejected: number): void; lengths(): SideLengths } {
  let count = 0;
  let sides: SideLengths = { chosen: new Int32Array(1024), rejected: new Int32Array(1024) };
  const grown = (array: Int32Array): Int32Array => {
    const longer = new Int32Array(2 * array.length);
    longer.set(array);
    return longer;
  };
  return {
    add(chosen, rejected) {
      if (count === sides.chosen.length) sides = { chosen: grown(sides.chosen), rejected: grown(sides.rejected) };
      sides.chosen[count] = Math.min(Math.max(0, chosen), longest);
      sides.rejected[count] = Math.min(Math.max(0, rejected), longest);
      count += 1;
    },
    lengths: () => ({ chosen: sides.chosen.subarray(0, count), rejected: sides.rejected.subarray(0, count) }),
  };
}
