import { isOtherLanguage } from './other-language.ts';
import type { PairSide } from './sides.ts';
import { similarity } from './similarity.ts';
import type { SyntaxReader } from './syntax.ts';

interface ReasonSettings {
  /** Smallest and largest ratio of lengths. */
  min: number;
  max: number | null;
  /** Whether both sides must have run with tests and differ in what they pass. */
  isByTests: boolean;
  read: SyntaxReader;
}

/** Answers that share more of their word sequences than this say the same. */
const nearEqual = 0.95;

/**
 * `ok`, or why two sides make no pair: the first reason that holds. A side that is not used itself gives its own reason, as in
 * `rejected-truncated`.
 */
export function reasonOf(
  { chosen, rejected }: { chosen: PairSide | undefined; rejected: PairSide | undefined },
  language: string,
  { min, max, isByTests, read }: ReasonSettings,
): string {
  if (chosen && chosen.status !== 'ok') return `chosen-${chosen.status}`;
  if (rejected && rejected.status !== 'ok') return `rejected-${rejected.status}`;
  if (!chosen) return 'chosen-missing';
  if (!rejected) return 'rejected-missing';
  if (isByTests && chosen.testsPassed === null) return 'chosen-not-run';
  if (isByTests && rejected.testsPassed === null) return 'rejected-not-run';
  if (isSame(chosen, rejected)) return 'equal';
  if (isByTests && chosen.testsPassed === rejected.testsPassed) return 'equal-tests';
  if (similarity(chosen.code, rejected.code) > nearEqual) return 'near-equal';
  if (isOtherLanguage(chosen, language, read)) return 'chosen-other-language';
  if (isOtherLanguage(rejected, language, read)) return 'rejected-other-language';
  if (chosen.parses === false && rejected.parses === true) return 'chosen-broken';
  const ratio = chosen.code.length / rejected.code.length;
  return ratio < min || (max !== null && ratio > max) ? 'length-ratio' : 'ok';
}

/** Whether two codes are equal but for their comments and white space. Of two that are nothing but comments, these count. */
function isSame(chosen: PairSide, rejected: PairSide): boolean {
  const [ours, theirs] = [withoutSpace(chosen.bare), withoutSpace(rejected.bare)];
  return ours === theirs && (ours !== '' || withoutSpace(chosen.code) === withoutSpace(rejected.code));
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
