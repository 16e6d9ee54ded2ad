/**
 * A number with what it rests on. `n` counts the independent units (pairs, questions); `value` and `interval` are null
 * where there are none. Intervals are at 95 %: `wilson` for shares, `bootstrap` over the units, `normal` for an
 * approximation by the normal distribution, `exact` for a value that is known and not estimated. Types, not interfaces, in this
 * file: they stay assignable to plain JSON.
 */
export type Estimate = {
  n: number;
  value: number | null;
  interval: [low: number, high: number] | null;
  method: 'wilson' | 'bootstrap' | 'normal' | 'exact';
};

/** A trivial rule on the same items. `ties`: items it cannot decide; there it guesses, which counts as the chance of a hit. */
export type Baseline = { name: BaselineName; ties: number } & Estimate;

export type BaselineName =
  | 'random'
  | 'longer'
  | 'shorter'
  | 'larger-last-number'
  | 'smaller-last-number'
  | 'last-number-present'
  | 'most-frequent-position';

/** Share of pairs whose chosen answer scores strictly higher. */
export type AccuracyMetrics = {
  kind: 'eval/accuracy';
  accuracy: Estimate;
  /** Pairs with two equal scores; they count as wrong. */
  ties: number;
  baselines: Baseline[];
  /** By kind of error, where the pairs name one, sorted by name. */
  kinds: { kind: string; ties: number; accuracy: Estimate }[];
  /** Fingerprint of the items in order: two results can be paired where it is equal. */
  items: string;
  /** One character an item, in order: `1` right, `0` wrong, `t` tie. */
  outcomes: string;
};

/** Share of questions whose right option alone scores highest. */
export type ChoiceMetrics = {
  kind: 'eval/choice';
  accuracy: Estimate;
  /** Questions whose right option shares the highest score; they count as wrong. */
  ties: number;
  baselines: Baseline[];
  items: string;
  outcomes: string;
};

/** One line of a Best-of-N figure, a point for each N. */
export type BonCurve = { name: BonSelector; points: ({ at: number } & Estimate)[] };

/**
 * `model`: highest score; `majority`: most frequent answer; `weighted-majority`: answers weighted by exp(score), the
 * strength in a Bradley-Terry model; `oracle`: right if any is; `longest`, `shortest`: by length; `random`: pass@1.
 */
export type BonSelector = 'model' | 'majority' | 'weighted-majority' | 'oracle' | 'longest' | 'shortest' | 'random';

/** Share of questions answered right when one of N sampled answers is selected, averaged over all subsets of N. */
export type BonMetrics = {
  kind: 'eval/bon';
  /** The model at the largest N. */
  best: { at: number } & Estimate;
  pass1: Estimate;
  curves: BonCurve[];
  /** P(a right answer scores above a wrong one), mean over the questions that have both. */
  auc: Estimate;
  candidates: { total: number; fewest: number; most: number };
  /** Groups of candidates of a question that share one score; selection among them is averaged. */
  ties: number;
  items: string;
  /** The model's value for each question at each N, for pairing; null where a question has fewer candidates than N. */
  outcomes: { at: number; values: (number | null)[] }[];
};

export type Metrics = AccuracyMetrics | ChoiceMetrics | BonMetrics;

/** A mean over rows that have a token count. */
export type TokenCount = { n: number; total: number; mean: number | null };

/** One row of the statistics of pairs. */
export type LanguageStatistics = { language: string; pairs: number; chosen: TokenCount; rejected: TokenCount };

/** Items that left the way from source to pair. */
export type WaterfallStage = { stage: string; count: number; reason: string };

/** Statistics of preference pairs: amount, lengths, what length alone gives away, and what was filtered. */
export type DataStatistics = {
  /** Sorted by language. */
  languages: LanguageStatistics[];
  total: LanguageStatistics;
  /** Lengths are tokens where both sides have a count, else characters. */
  length_unit: 'tokens' | 'characters';
  /** P(chosen longer), a pair of equal lengths counting one half; `ties` are such pairs. */
  chosen_longer: { ties: number } & Estimate;
  /** P(a chosen answer is longer than a rejected one), over all combinations. */
  length_auc: Estimate;
  /** Share of the answers of each side that passed. */
  keep: { chosen: Estimate; rejected: Estimate } | null;
  /** In order from the source to the pairs: what remained (reason empty) or was dropped (reason says why). */
  waterfall: WaterfallStage[];
};

/** One optimiser step of a training. */
export interface TrainingStep {
  step: number;
  steps: number;
  loss: number;
  rank_loss: number;
  lm_loss: number | null;
  accuracy: number;
  lr: number;
  pairs: number;
  /** Pairs left out because both sides are equal after the cut. */
  equal: number;
  tokens: number;
  /** Rows (prompt and answer) that were cut. */
  cut: number;
}

/** The steps of a training in order, each once; no clock, so that equal trainings have equal curves. */
export type TrainingCurve = TrainingStep[];
