import { isOtherLanguage } from './other-language.ts';
import type { PairSide } from './sides.ts';
import { similarity } from './similarity.ts';
import type { SyntaxReader } from './syntax.ts';

/** Smallest and largest length of the chosen text ÷ length of the rejected one, in characters; null: no limit. */
export interface LengthRatio {
  min: number;
  max: number | null;
}

interface ReasonSettings {
  ratio: LengthRatio;
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
  { ratio, isByTests, read }: ReasonSettings,
): string {
  if (chosen && chosen.status !== 'ok') return `chosen-${chosen.status}`;
  if (rejected && rejected.status !== 'ok') return `rejected-${rejected.status}`;
  if (!chosen) return 'chosen-missing';
  if (!rejected) return 'rejected-missing';
  if (isByTests && chosen.testsPassed === null) return 'chosen-not-run';
  if (isByTests && rejected.testsPassed === null) return 'rejected-not-run';
  if (isSame(chosen, rejected)) return 'equal';
  if (isByTests && chosen.testsPassed === rejected.testsPassed) return 'equal-tests';
  if (isNearEqual(chosen.code, rejected.code)) return 'near-equal';
  if (isOtherLanguage(chosen, language, read)) return 'chosen-other-language';
  if (isOtherLanguage(rejected, language, read)) return 'rejected-other-language';
  if (chosen.parses === false && rejected.parses === true) return 'chosen-broken';
  return isWithin(chosen.code, rejected.code, ratio) ? 'ok' : 'length-ratio';
}

/** Whether two texts share so many of their word sequences that they say the same. */
export function isNearEqual(chosen: string, rejected: string): boolean {
  return similarity(chosen, rejected) > nearEqual;
}

export function isWithin(chosen: string, rejected: string, { min, max }: LengthRatio): boolean {
  const ratio = chosen.length / rejected.length;
  return ratio >= min && (max === null || ratio <= max);
}

/** Whether two codes are equal but for their comments and white space. Of two that are nothing but comments, these count. */
function isSame(chosen: PairSide, rejected: PairSide): boolean {
  const [ours, theirs] = [withoutSpace(chosen.bare), withoutSpace(rejected.bare)];
  return ours === theirs && (ours !== '' || withoutSpace(chosen.code) === withoutSpace(rejected.code));
}

export function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
