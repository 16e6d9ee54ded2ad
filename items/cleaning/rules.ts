/** A text of a corpus with where it comes from, as rules look at it. */
export interface CorpusRow {
  text: string;
  /** Path with the repository before it, or the name of a row of a table. */
  path: string;
  /** Repository, or the name of the source. */
  repository: string;
  commit: string;
  /** SPDX expression, or what the source says instead; empty where it says nothing. */
  licence: string;
  /** As linguist names it. */
  language: string;
}

/** What rules say of a row: why it goes, or the text that takes the place of its own; null: it stays as it is. */
export type Verdict = { reason: string; detail?: string } | { text: string } | null;

/** Looks at one row, whatever the others are. */
export type Rules = (row: CorpusRow) => Verdict | Promise<Verdict>;

/** Plain data, so that it can be sent to a thread. */
export interface RulesOptions {
  profile: 'bigcode' | 'none';
}

/** The rules of a profile, ready for any number of rows. */
export async function createRules({ profile }: RulesOptions): Promise<Rules> {
  return profile === 'none' ? () => null : lineRules;
}

/** Characters of the longest line, of a line in the mean, and the share of letters and digits. */
const [longestLine, meanLine, leastAlphanumeric] = [1000, 100, 0.25];

function lineRules({ text }: CorpusRow): Verdict {
  const lengths = text.split('\n').map((line) => line.length);
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  if (longest > longestLine) return { reason: 'long-line', detail: `${longest} characters` };
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  if (mean > meanLine) return { reason: 'long-lines', detail: `${mean.toFixed(1)} characters in the mean` };
  const share = (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) / Math.max(1, text.length);
  return share < leastAlphanumeric ? { reason: 'few-letters', detail: `${(share * 100).toFixed(1)} % letters and digits` } : null;
}
