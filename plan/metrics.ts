/**
 * A number with what it rests on. `n` counts the items (pairs, questions); `value` and `interval` are null where there are
 * none. Intervals are at 95 %: `agresti-coull` for means of values in [0, 1], `two-way` over items and training seeds,
 * `normal` for an approximation by the normal distribution, `exact` for a value that is known and not estimated. Types, not
 * interfaces, in this file: they stay assignable to plain JSON.
 */
export type Estimate = {
  n: number;
  /** Independent groups of items (questions of pairs, passages of questions); left out where each item is one. */
  clusters?: number;
  value: number | null;
  interval: [low: number, high: number] | null;
  method: 'agresti-coull' | 'two-way' | 'normal' | 'exact';
};

/** First minus second on the same items. The 95 % interval excludes 0 exactly where `p` (two-sided) is below 0.05. */
export type MeasuredDifference = {
  n: number;
  clusters?: number;
  value: number | null;
  interval: [low: number, high: number] | null;
  p: number | null;
};

/**
 * A trivial rule on the same items. `ties`: items it cannot decide; there it guesses, which counts as the chance of a hit.
 * `difference`: the model minus the rule.
 */
export type Baseline = { name: BaselineName; ties: number; difference: MeasuredDifference } & Estimate;

export type BaselineName =
  | 'random'
  | 'longer'
  | 'shorter'
  | 'larger-last-number'
  | 'smaller-last-number'
  | 'last-number-present'
  | 'most-frequent-position';

/** What happened to the texts behind a value; a count is left out where nobody counted. */
export type EvaluationCounts = {
  /** Different texts that were scored. */
  texts?: number;
  /** Texts cut to the maximum length of the model. */
  cut?: number;
  /** Answers whose grading ran out of time. */
  late?: number;
  /** Answers that no grader could read. */
  unreadable?: number;
  /** Candidates that the token limit ended. */
  truncated?: number;
  /** Version of each grader, by its name. */
  graders?: { [name: string]: string };
};

/** What metrics say of their items, so that two results can be paired. */
export type MeasuredItems = {
  /** Fingerprint of the items in order: two results can be paired where it is equal. */
  items: string;
  /** Cluster of each item, counted from 0 in order of appearance; left out where each item is one of its own. */
  clusters?: number[];
  counts?: EvaluationCounts;
};

/** Outcomes of a comparison of scores: one character an item, in order: `1` right, `0` wrong, `t` tie, which counts as wrong. */
export type ScoreOutcomes = { outcomes: string; ties: number; baselines: Baseline[] } & MeasuredItems;

/** Share of pairs whose chosen answer scores strictly higher. */
export type AccuracyMetrics = {
  kind: 'eval/accuracy';
  accuracy: Estimate;
  /** By kind of error, where the pairs name one, sorted by name. */
  kinds: { kind: string; ties: number; accuracy: Estimate }[];
} & ScoreOutcomes;

/** Share of questions whose right option alone scores highest. */
export type ChoiceMetrics = { kind: 'eval/choice'; accuracy: Estimate; as_released: ReleasedValue[] } & ScoreOutcomes;

/**
 * Conventions of the scripts that were published with the paper, where they differ from ours. `right-by-text`: an option that
 * reads like the right one is right, and the first of those that score highest counts. `one-subset`: one random subset of each
 * question in place of all. `last-rows-twice`: the last 100 candidates count twice. `unreadable-dropped`: a question whose selected
 * answer cannot be read is left out.
 */
export type ReleasedConvention = 'right-by-text' | 'one-subset' | 'last-rows-twice' | 'unreadable-dropped';

/** The value by one of these conventions, or by all that apply, and what it is above ours. */
export type ReleasedValue = { convention: ReleasedConvention | 'all'; value: number | null; difference: number | null };

/** Accuracy on RewardBench: each subset counts in its section as often as the benchmark says, whatever its number of pairs. */
export type RewardbenchMetrics = {
  kind: 'eval/rewardbench';
  /** Mean of the sections, prior sets at half weight; null where a section has no pairs. */
  overall: Estimate;
  /** In the benchmark's order, `prior-sets` last; `weight` is that in the overall mean. */
  sections: { section: string; weight: number; accuracy: Estimate }[];
  /** Subsets that the pairs have; `weight` is that in the section. */
  subsets: { subset: string; section: string; weight: number; ties: number; accuracy: Estimate }[];
  /** Subset of each pair, by its place in `subsets`. */
  subset_of: number[];
} & ScoreOutcomes;

export type RmBenchLevel = 'easy' | 'normal' | 'hard';

/** Accuracy on RM-Bench: the nine comparisons of a prompt by level, levels averaged in a domain, domains averaged overall. */
export type RmBenchMetrics = {
  kind: 'eval/rm-bench';
  /** Mean of the domains; null where one has no pairs. */
  overall: Estimate;
  /** `chat`, `math`, `code` and `safety`, which is the mean of its two halves. */
  domains: { domain: string; accuracy: Estimate; levels: { level: RmBenchLevel; accuracy: Estimate }[] }[];
  /** Means over the domains. */
  levels: { level: RmBenchLevel; accuracy: Estimate }[];
  /** Kinds of pairs that there are, the halves of safety apart. */
  cells: { kind: string; level: RmBenchLevel; ties: number; accuracy: Estimate }[];
  /** Cell of each pair, by its place in `cells`. */
  cell_of: number[];
} & ScoreOutcomes;

/** One line of a Best-of-N figure, a point for each N; `difference`: the model minus this line at the same N. */
export type BonCurve = { name: BonSelector; points: ({ at: number; difference: MeasuredDifference } & Estimate)[] };

/**
 * `model`: highest score; `majority`: most frequent answer; `weighted-majority`: answers weighted by exp(score), the
 * strength in a Bradley-Terry model; `oracle`: right if any is; `longest`, `shortest`: by length; `random`: pass@1.
 */
export type BonSelector = 'model' | 'majority' | 'weighted-majority' | 'oracle' | 'longest' | 'shortest' | 'random';

/**
 * Share of questions answered right when one of N sampled answers is selected, averaged over all subsets of N. Every N is
 * about the same questions: those with as many candidates as the largest N.
 */
export type BonMetrics = {
  kind: 'eval/bon';
  /** The model at the largest N. */
  best: { at: number } & Estimate;
  pass1: Estimate;
  curves: BonCurve[];
  /** P(a right answer scores above a wrong one), mean over the questions that have both. */
  auc: Estimate;
  candidates: { total: number; fewest: number; most: number };
  /** Questions with fewer candidates than the largest N, which count nowhere. */
  left_out: number;
  /** Groups of candidates of a question that share one score; selection among them is averaged. */
  ties: number;
  /**
   * Values for each question, for pairing, rounded to six decimals; null where it has none. `random` is at every N what it is
   * at 1; the other selectors are not kept by question.
   */
  outcomes: { name: BonSelector; at: number; values: (number | null)[] }[];
  /** The model at each N as the published scripts would have it. */
  as_released: ({ at: number } & ReleasedValue)[];
  /** AUC of each question; null where all its answers are right, or all wrong. */
  aucs: (number | null)[];
} & MeasuredItems;

export type Metrics = AccuracyMetrics | ChoiceMetrics | RewardbenchMetrics | RmBenchMetrics | BonMetrics;

/** A mean over rows that have a token count. */
export type TokenCount = { n: number; total: number; mean: number | null };

/**
 * What trivial features give away: P(the feature of a chosen answer is larger than that of a rejected one), over all combinations of
 * pairs where it is known of both sides.
 */
export type PairBias = {
  /** Of the same pair, two equal lengths counting one half; `ties` are such pairs. */
  chosen_longer: { ties: number } & Estimate;
  /** In characters of the texts of the pair. */
  length: Estimate;
  lines: Estimate;
  /** The share of comments in the code. */
  comments: Estimate;
  /** Whether the code was in a fence. */
  fences: Estimate;
};

/** One row of the statistics of pairs. `prompt` are the tokens of the descriptions. */
export type LanguageStatistics = {
  language: string;
  pairs: number;
  prompt: TokenCount;
  chosen: TokenCount;
  rejected: TokenCount;
  bias: PairBias;
};

/** Items that left the way from source to pair, or remained on it; `flags`: how many of those are flagged, by flag. */
export type WaterfallStage = { stage: string; count: number; reason: string; flags?: { [flag: string]: number } };

/** Statistics of preference pairs: amount, lengths, what trivial features give away, and what was filtered. */
export type DataStatistics = {
  /** Sorted by language. */
  languages: LanguageStatistics[];
  total: LanguageStatistics;
  /** Share of the answers of each side that passed; a side without answers is left out. */
  keep: { chosen?: Estimate; rejected?: Estimate } | null;
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
  /** Of a training with this term. */
  verdict_loss?: number;
  accuracy: number;
  lr: number;
  pairs: number;
  /** Pairs left out because both sides are equal after the cut. */
  equal: number;
  tokens: number;
  /** Rows (prompt and answer) that were cut. */
  cut: number;
  /** What was measured on the held-out pairs after this step. */
  held_out?: { [name: string]: number | null };
}

/** The steps of a training in order, each once; no clock, so that equal trainings have equal curves. */
export type TrainingCurve = TrainingStep[];
