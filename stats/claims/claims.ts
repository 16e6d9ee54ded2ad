import { compareSides } from './compare.ts';
import type { Compared, MeasuredSide } from './compare.ts';

/** What a claim says of the difference in each of its comparisons. */
interface Sentence {
  relation: 'above' | 'below' | 'near';
  /** Least difference that counts; for `near` the largest that still counts as none. */
  margin: number;
}

/** A claim with what was measured for each of its comparisons. */
export interface ClaimQuestion extends Sentence {
  confidence: number;
  comparisons: { of: MeasuredSide; to: MeasuredSide | number }[];
}

type ClaimOutcome = 'holds' | 'fails' | 'undecided';

export interface ClaimDecision {
  outcome: ClaimOutcome;
  /** In the order of the question. */
  comparisons: ComparisonDecision[];
}

/** A comparison with its interval at the confidence of the claim; null where nothing could be compared. */
export interface ComparisonDecision {
  outcome: ClaimOutcome;
  compared: Compared | null;
  /** Why it is undecided. */
  reason?: string;
}

/**
 * Decides a claim: it holds where every comparison holds and fails where one fails. Wrong decisions are at most as frequent
 * as 1 − confidence: half of that that a false claim holds, and half that a true one fails.
 *
 * A comparison holds where its interval lies wholly beyond the margin, with `near` wholly within it on both sides: two
 * one-sided tests (Schuirmann, 1987). Each comparison is decided at the full confidence, because for a false claim to hold,
 * a comparison that is false would have to, and that alone is rare enough. This is the intersection–union test (Berger,
 * 1982); it needs no correction, however the comparisons depend on each other.
 *
 * A failure needs one: among many true comparisons some look false by chance. So a comparison fails where its interval at
 * the joint confidence, 1 − (1 − confidence) / m for m comparisons, lies wholly on the other side of the margin. This is
 * Bonferroni's inequality, which holds under any dependence.
 */
export function decideClaim({ comparisons, confidence, ...sentence }: ClaimQuestion): ClaimDecision {
  const count = comparisons.length;
  const joint = 1 - (1 - confidence) / count;
  const decided = comparisons.map(({ of, to }): ComparisonDecision => {
    const reason = reasonOf(of) ?? (typeof to === 'number' ? null : reasonOf(to));
    if (reason !== null) return { outcome: 'undecided', compared: null, reason };
    const compared = compareSides(of, to, confidence);
    const jointly = joint === confidence ? compared : compareSides(of, to, joint);
    if (compared === null || jointly === null) return { outcome: 'undecided', compared: null, reason: 'no item has a value on every side' };
    return { compared, ...outcomeOf(compared.interval, jointly.interval, { ...sentence, count }) };
  });
  const some = (outcome: ClaimOutcome): boolean => decided.some((each) => each.outcome === outcome);
  return { outcome: some('fails') ? 'fails' : some('undecided') ? 'undecided' : 'holds', comparisons: decided };
}

type Interval = Compared['interval'];

function outcomeOf(
  interval: Interval,
  joint: Interval,
  { count, ...sentence }: Sentence & { count: number },
): { outcome: ClaimOutcome; reason?: string } {
  const { least, most } = beyondMargin(interval, sentence);
  if (least > 0) return { outcome: 'holds' };
  if (beyondMargin(joint, sentence).most < 0) return { outcome: 'fails' };
  if (most < 0) return { outcome: 'undecided', reason: `it fails by itself, which can be chance among ${count} comparisons` };
  const { relation, margin } = sentence;
  if (relation === 'near') return { outcome: 'undecided', reason: `the interval reaches beyond ±${margin}` };
  return { outcome: 'undecided', reason: margin === 0 ? 'the interval includes 0' : 'the interval includes the margin' };
}

/** How far beyond the margin, as the claim has it, the difference lies at least and at most. */
function beyondMargin([low, high]: Interval, { relation, margin }: Sentence): { least: number; most: number } {
  if (relation === 'above') return { least: low - margin, most: high - margin };
  if (relation === 'below') return { least: -high - margin, most: -low - margin };
  return { least: margin - Math.max(-low, high), most: margin - Math.max(0, low, -high) };
}

function reasonOf({ of, minus = of }: MeasuredSide): string | null {
  if (of.length === 0 || minus.length === 0) return 'nothing was measured';
  return [...of, ...minus].find((each) => each.kind === 'missing')?.reason ?? null;
}
