import type { Baseline, BaselineName, ChoiceMetrics } from '../../plan/metrics.ts';
import { fingerprint } from '../fingerprint.ts';
import { clusterMean, known, mean, share } from '../interval.ts';

export interface ScoredChoice {
  /** One score an option, in the options' order. */
  scores: readonly number[];
  options: readonly string[];
  /** Index of the right option. */
  label: number;
  /** Part of the items' fingerprint. */
  prompt?: string;
}

/**
 * Share of questions whose right option alone has the highest score; sharing it counts as wrong. Throws a RangeError
 * where scores and options differ in number, a score is not a number, or the label points at no option.
 */
export function evaluateChoice({ rows }: { rows: readonly ScoredChoice[] }): ChoiceMetrics {
  const outcomes = rows.map(outcomeOf).join('');
  return {
    kind: 'eval/choice',
    accuracy: share(outcomes.split('1').length - 1, rows.length),
    ties: outcomes.split('t').length - 1,
    baselines: choiceBaselines(rows),
    items: fingerprint(rows.flatMap(({ prompt, options, label }) => [prompt ?? '', ...options, `${label}`])),
    outcomes,
  };
}

function outcomeOf({ scores, options, label }: ScoredChoice, index: number): string {
  if (scores.length !== options.length)
    throw new RangeError(`question ${index} has ${options.length} options and ${scores.length} scores`);
  if (scores.some(Number.isNaN)) throw new RangeError(`question ${index} has an option without a score (NaN)`);
  const own = scores[label];
  if (own === undefined) throw new RangeError(`question ${index} has no option ${label}`);
  const highest = Math.max(...scores);
  if (own < highest) return '0';
  return scores.filter((score) => score === highest).length > 1 ? 't' : '1';
}

function choiceBaselines(rows: readonly ScoredChoice[]): Baseline[] {
  const chances = rows.map(({ options }) => 1 / options.length);
  return [
    { name: 'random', ties: rows.length, ...known(mean(chances) ?? 0, rows.length) },
    baseline('longer', rows, ({ options }) => options.map((option) => option.length)),
    baseline('shorter', rows, ({ options }) => options.map((option) => -option.length)),
    mostFrequentPosition(rows),
  ];
}

/** The options that a rule puts first share the hit. */
function baseline(name: BaselineName, rows: readonly ScoredChoice[], rule: (row: ScoredChoice) => number[]): Baseline {
  let ties = 0;
  const hits = rows.map((row) => {
    const features = rule(row);
    const highest = Math.max(...features);
    const first = features.filter((feature) => feature === highest).length;
    ties += first > 1 ? 1 : 0;
    return features[row.label] === highest ? 1 / first : 0;
  });
  return { name, ties, ...clusterMean({ values: hits }) };
}

/** Always the position that is right most often in these very questions: the best a constant answer can do. */
function mostFrequentPosition(rows: readonly ScoredChoice[]): Baseline {
  const counts = new Map<number, number>();
  for (const { label } of rows) counts.set(label, (counts.get(label) ?? 0) + 1);
  return { name: 'most-frequent-position', ties: 0, ...share(Math.max(0, ...counts.values()), rows.length) };
}
