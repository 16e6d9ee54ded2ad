import type { Status } from './answer.ts';

/** Words and signs in a row. */
const width = 8;

/** A description that repeats more than this share is flagged. */
const muchRepeated = 0.2;

/** A description, or why there is none. */
interface Description {
  status: Status;
  prompt?: string;
}

/** What a description repeats of its file. */
interface Repeating {
  /** From 0 to 1, in hundredths. */
  repeated?: number;
  flag?: 'repeats-code';
}

/** Notes how much of a description only repeats its file. One that repeats more than `most` is dropped; null: none is. */
export function withRepeats(summary: Description, file: string, most: number | null): Description & Repeating {
  if (summary.prompt === undefined) return summary;
  const repeated = Math.round(repeatedShare(summary.prompt, file) * 100) / 100;
  if (most !== null && repeated > most) return { status: 'repeats-code', repeated };
  return { ...summary, repeated, ...(repeated > muchRepeated && { flag: 'repeats-code' }) };
}

/** The share of the words and signs of a text that are part of eight or more in a row which the file has as well. */
function repeatedShare(text: string, file: string): number {
  const words = wordsOf(text);
  const ofFile = wordsOf(file);
  const known = new Set(ofFile);
  const within = ` ${ofFile.join(' ')} `;
  let repeated = 0;
  let counted = 0;
  let knownInRow = 0;
  for (const [index, word] of words.entries()) {
    knownInRow = known.has(word) ? knownInRow + 1 : 0;
    const end = index + 1;
    const from = end - width;
    if (knownInRow < width || !within.includes(` ${words.slice(from, end).join(' ')} `)) continue;
    repeated += end - Math.max(from, counted);
    counted = end;
  }
  return words.length === 0 ? 0 : repeated / words.length;
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}
