import type { PlanClaim } from '../plan.ts';

/** What came of a claim: `undecided` where an interval includes the margin, or something it needs is not there. */
export interface ClaimResult {
  id: string;
  outcome: 'holds' | 'fails' | 'undecided';
  /** The claim in words. */
  text: string;
  confidence: number;
  over: PlanClaim['over'];
  /** Least error rate at which the claim would be decided alone; 1 where it would not be. */
  p: number;
  /** `p` adjusted for the number of claims in the file (Holm), which decides the outcome. */
  holm: number;
  /** Why it is undecided, where it would be decided alone. */
  reason?: string;
  /** Steps that trained one model for all seeds of a cell: a claim over training is about that one run of them. */
  trained_once: string[];
  relation: PlanClaim['relation'];
  /** Least difference that counts; for `near` the largest that still counts as none. */
  margin: number;
  /** It holds where all of them hold, and fails where one does. */
  comparisons: ComparisonResult[];
}

/** What came of one comparison of a claim. */
export interface ComparisonResult {
  outcome: ClaimResult['outcome'];
  /** The comparison in words. */
  text: string;
  /** The values of both sides, their difference and what they rest on, in words; null where one has no value. */
  numbers: string | null;
  /** The side the claim is about minus the other side or number; null where one of them has no value. */
  difference: number | null;
  /** Interval of the difference at the confidence of the claim. */
  interval: [low: number, high: number] | null;
  /** Items (pairs, questions) that it rests on; of the side with fewer, where the items are not shared. */
  n: number;
  /** Independent groups of these items. */
  clusters: number;
  /** Least error rate at which it would be decided, by itself; 1 where it would not be. */
  p: number;
  /** `paired`: both sides were measured on the same items. Null where nothing was compared. */
  method: 'paired' | 'unpaired' | 'one-sample' | null;
  /** Why it is undecided. */
  reason?: string;
}

/** What a message says of a claim, which may have more comparisons than one holds; these are in the record of the run. */
export interface ClaimVerdict extends Pick<ClaimResult, 'id' | 'outcome' | 'text'> {
  reason?: string;
}

/** What a claim says of two sides. */
export function claimWords({ relation, margin }: Pick<PlanClaim, 'relation' | 'margin'>, of: string, to: string | number): string {
  const by = relation === 'near' ? ` within ${margin}` : margin === 0 ? '' : ` by more than ${margin}`;
  return `${of} ${relation} ${to}${by}`;
}

/** What its outcome rests on: why the only comparison is undecided, or how several came out; null where there is nothing to add. */
export function claimReason({ comparisons, reason }: Pick<ClaimResult, 'comparisons' | 'reason'>): string | null {
  if (reason !== undefined) return reason;
  const [only, ...more] = comparisons;
  if (more.length === 0) return only?.reason ?? null;
  return `of ${comparisons.length} comparisons ${outcomeCounts(comparisons)}`;
}

/** `2 hold, 1 fails, 1 undecided`. */
export function outcomeCounts(results: readonly Pick<ClaimResult, 'outcome'>[]): string {
  const words = { holds: ['holds', 'hold'], fails: ['fails', 'fail'], undecided: ['undecided', 'undecided'] } as const;
  const counts = (['holds', 'fails', 'undecided'] as const).map((outcome) => ({
    outcome,
    count: results.filter((each) => each.outcome === outcome).length,
  }));
  return counts.filter(({ count }) => count > 0).map(({ outcome, count }) => `${count} ${words[outcome][count === 1 ? 0 : 1]}`).join(', ');
}

/** A comparison in words and numbers. */
export function comparisonText({ text, numbers }: ComparisonResult): string {
  return numbers === null ? text : `${text}: ${numbers}`;
}

/** A claim in words, with its numbers where it has one comparison. */
export function claimText({ text, comparisons: [only, ...more] }: ClaimResult): string {
  return only && more.length === 0 ? comparisonText(only) : text;
}

/** What a message says of a claim. */
export function verdictOf(claim: ClaimResult): ClaimVerdict {
  const { id, outcome } = claim;
  const reason = claimReason(claim);
  return { id, outcome, text: claimText(claim), ...(reason !== null && { reason }) };
}
