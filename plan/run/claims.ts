/** What came of a claim: `undecided` where the interval holds the margin, or something it needs is not there. */
export interface ClaimResult {
  id: string;
  outcome: 'holds' | 'fails' | 'undecided';
  /** The claim in words, with the values of both sides and what they rest on. */
  text: string;
  /** The side the claim is about minus the other side or number; null where one of them has no value. */
  difference: number | null;
  /** Interval of the difference at `confidence`. */
  interval: [low: number, high: number] | null;
  /** Independent items (pairs, questions) that it rests on; of the side with fewer, where the items are not shared. */
  n: number;
  confidence: number;
  /** Least difference that counts. */
  margin: number;
  /** `paired`: both sides were measured on the same items. Null where nothing was compared. */
  method: 'paired' | 'unpaired' | 'one-sample' | null;
  /** Why it is undecided. */
  reason?: string;
}
