import { leastAlpha } from '../bound.ts';
import { holm } from '../paired.ts';
import type { InferenceTarget } from '../folds/folds.ts';
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
  target: InferenceTarget;
  comparisons: { of: MeasuredSide; to: MeasuredSide | number }[];
}

type ClaimOutcome = 'holds' | 'fails' | 'undecided';

export interface ClaimDecision {
  outcome: ClaimOutcome;
  /** The least error rate that the claim would be decided at, either way; 1 where it would not. */
  p: number;
  /** In the order of the question. */
  comparisons: ComparisonDecision[];
}

/** A claim as it is decided among all claims of its family. */
export interface FamilyDecision extends ClaimDecision {
  /** `p` after Holm's adjustment for the claims of the family. */
  holm: number;
  /** Why it is undecided, where it would be decided alone. */
  reason?: string;
}

/** A comparison as it is decided alone; null where nothing could be compared. */
export interface ComparisonDecision {
  outcome: ClaimOutcome;
  compared: Compared | null;
  /** At the confidence of the claim. */
  interval: Interval | null;
  p: number;
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
export function decideClaim({ comparisons, confidence, target, ...claim }: ClaimQuestion): ClaimDecision {
  const alpha = 1 - confidence;
  const sentence = { ...claim, target, count: comparisons.length };
  const tested = comparisons.map(({ of, to }) => testOf(compareSides(of, to, target), sentence));
  const holds = Math.max(...tested.map((each) => each.holds));
  const fails = Math.min(...tested.map((each) => each.fails));
  const outcome = fails <= alpha ? 'fails' : holds <= alpha ? 'holds' : 'undecided';
  return { outcome, p: Math.min(holds, fails), comparisons: tested.map((each) => decisionOf(each, alpha, sentence)) };
}

/**
 * Decides the claims of one family: each as `decideClaim` does, at a level that Holm (1979) makes stricter for their number, so
 * that any wrong decision among all of them is as rare as one claim's confidence says. A claim that nothing was measured for
 * counts in the family all the same.
 */
export function decideFamily(questions: readonly ClaimQuestion[]): FamilyDecision[] {
  const alone = questions.map(decideClaim);
  const adjusted = holm(alone.map(({ p }) => p));
  return alone.map((decision, index) => {
    const adjustedP = adjusted[index] ?? 1;
    const isOpen = decision.outcome !== 'undecided' && adjustedP > 1 - (questions[index]?.confidence ?? 1);
    if (!isOpen) return { ...decision, holm: adjustedP };
    const reason = `alone it ${decision.outcome}, which can be chance among ${questions.length} claims`;
    return { ...decision, outcome: 'undecided', holm: adjustedP, reason };
  });
}

type Interval = [low: number, high: number];

/** A sentence about so many comparisons. */
interface JointSentence extends Sentence {
  count: number;
  target: InferenceTarget;
}

/** The least error rates at which a comparison holds, and at which it fails among all comparisons of its claim. */
interface Tested {
  compared: Compared | string;
  holds: number;
  fails: number;
}

function testOf(compared: Compared | string, { count, target, ...sentence }: JointSentence): Tested {
  if (typeof compared === 'string' || compared.target !== target) return { compared, holds: 1, fails: 1 };
  const holds = leastAlpha(compared.bound, (interval) => beyondMargin(interval, sentence).least > 0);
  const fails = leastAlpha(compared.bound, (interval) => beyondMargin(interval, sentence).most < 0);
  return { compared, holds, fails: Math.min(1, fails * count) };
}

function decisionOf({ compared, holds, fails }: Tested, alpha: number, sentence: JointSentence): ComparisonDecision {
  if (typeof compared === 'string') return { outcome: 'undecided', compared: null, interval: null, p: 1, reason: compared };
  const found = { compared, interval: compared.bound.at(alpha), p: Math.min(holds, fails) };
  if (holds <= alpha) return { outcome: 'holds', ...found };
  if (fails <= alpha) return { outcome: 'fails', ...found };
  if (compared.target !== sentence.target) return { outcome: 'undecided', ...found, reason: loneTraining };
  return { outcome: 'undecided', ...found, reason: openReason(fails <= alpha * sentence.count, sentence) };
}

const loneTraining =
  'a side has one training, which cannot tell the method from chance in training: give the sweep seeds, or say over: items';

function openReason(failsAlone: boolean, { count, relation, margin }: JointSentence): string {
  if (failsAlone) return `it fails by itself, which can be chance among ${count} comparisons`;
  if (relation === 'near') return `the interval reaches beyond ±${margin}`;
  return margin === 0 ? 'the interval includes 0' : 'the interval includes the margin';
}

/** How far beyond the margin, as the claim has it, the difference lies at least and at most. */
function beyondMargin([low, high]: Interval, { relation, margin }: Sentence): { least: number; most: number } {
  if (relation === 'above') return { least: low - margin, most: high - margin };
  if (relation === 'below') return { least: -high - margin, most: -low - margin };
  return { least: margin - Math.max(-low, high), most: margin - Math.max(0, low, -high) };
}
