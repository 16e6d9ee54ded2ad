import type { TokenCount } from '../../plan/metrics.ts';
import { createPairCounts } from '../pair-counts.ts';
import type { PairCounts } from '../pair-counts.ts';

/** What statistics read of a pair; what is left out or null is not known. */
export interface PairRow {
  language: string;
  /** Of the file that the pair comes from. */
  path?: string | null;
  chosen: string;
  rejected: string;
  /** Of an answer, the share of its tokens that its part in the pair has. */
  prompt_tokens?: number | null;
  chosen_tokens: number | null;
  rejected_tokens: number | null;
  /** Characters of comments. */
  chosen_comments?: number | null;
  rejected_comments?: number | null;
  /** Whether a fence held the code. */
  chosen_fenced?: boolean | null;
  rejected_fenced?: boolean | null;
}

/** Pairs of one language, or of notebooks, their tokens, and how the features of their sides compare. */
export interface LanguageSums {
  pairs: number;
  prompt: TokenSum;
  chosen: TokenSum;
  rejected: TokenSum;
  features: { [feature in PairFeature]: PairCounts };
}

export type TokenSum = Pick<TokenCount, 'n' | 'total'>;

const features = ['length', 'lines', 'comments', 'fences'] as const;

type PairFeature = (typeof features)[number];

/** What statistics need of pairs: their memory does not grow with the number of pairs. */
export interface PairLengths {
  add(row: PairRow): void;
  count(): number;
  languages: ReadonlyMap<string, LanguageSums>;
}

/** Lengths of these pairs and of those added later. */
export function createPairLengths(rows: Iterable<PairRow> = []): PairLengths {
  const languages = new Map<string, LanguageSums>();
  let count = 0;
  const add = (row: PairRow): void => {
    const language = languageOf(row);
    const sums = languages.get(language) ?? noPairs();
    languages.set(language, sums);
    count += 1;
    sums.pairs += 1;
    addTokens(sums.prompt, row.prompt_tokens);
    addTokens(sums.chosen, row.chosen_tokens);
    addTokens(sums.rejected, row.rejected_tokens);
    const [chosen, rejected] = [featuresOf(row, 'chosen'), featuresOf(row, 'rejected')];
    for (const feature of features) {
      const [ours, theirs] = [chosen[feature], rejected[feature]];
      if (ours !== null && theirs !== null) sums.features[feature].add(ours, theirs);
    }
  };
  for (const row of rows) add(row);
  return { add, languages, count: () => count };
}

/** Notebooks count apart from files of their language, as in Table 4 of the paper: their texts are scripts, but their paths are not. */
export function languageOf({ language, path }: Pick<PairRow, 'language' | 'path'>): string {
  return path?.toLowerCase().endsWith('.ipynb') ? 'Jupyter Notebook' : language;
}

function noPairs(): LanguageSums {
  const none = (): TokenSum => ({ n: 0, total: 0 });
  const counts = createPairCounts;
  return {
    pairs: 0,
    prompt: none(),
    chosen: none(),
    rejected: none(),
    features: { length: counts(), lines: counts(), comments: counts(), fences: counts() },
  };
}

/** Features of a side as whole numbers: its length in characters, as `symmetric` and `length_ratio` of `pair` measure it; the share of comments in thousandths. */
function featuresOf(row: PairRow, side: 'chosen' | 'rejected'): { [feature in PairFeature]: number | null } {
  const { [side]: text, [`${side}_comments` as const]: comments = null, [`${side}_fenced` as const]: fenced = null } = row;
  return {
    length: text.length,
    lines: text === '' ? 0 : text.split('\n').length,
    comments: comments === null ? null : Math.round((1000 * comments) / Math.max(1, text.length)),
    fences: fenced === null ? null : Number(fenced),
  };
}

function addTokens(sum: TokenSum, tokens: number | null = null): void {
  if (tokens === null) return;
  sum.n += 1;
  sum.total += tokens;
}
