import type { Baseline, ChoiceMetrics, ReleasedValue } from '../../plan/metrics.ts';
import { fingerprint } from '../fingerprint.ts';
import { differenceFromKnown, estimateMean, known, mean } from '../interval.ts';
import { clusterIndices } from '../sums.ts';
import { baselineOf, countOf, valuesOf } from './pair-outcomes.ts';

export interface ScoredChoice {
  /** One score an option, in the options' order. */
  scores: readonly number[];
  prompt: string;
  options: readonly string[];
  /** Index of the right option. */
  label: number;
  /** Questions on one passage share it. Default: empty, for a passage of its own. */
  passage?: string;
}

interface ScoredChoices {
  rows: readonly ScoredChoice[];
}

/**
 * Share of questions whose right option alone has the highest score; sharing it counts as wrong. Throws a RangeError
 * where scores and options differ in number, a score is not a number, or the label points at no option.
 */
export function evaluateChoice({ rows }: ScoredChoices): ChoiceMetrics {
  const outcomes = rows.map(outcomeOf).join('');
  const clusters = clusterIndices(rows.map(({ passage }) => passage ?? ''));
  const model = { values: valuesOf(outcomes), ...(clusters && { clusters }) };
  return {
    kind: 'eval/choice',
    accuracy: estimateMean(model),
    as_released: [releasedChoice(rows, mean(model.values))],
    outcomes,
    ties: countOf(outcomes, 't'),
    baselines: choiceBaselines(rows, model),
    items: fingerprint(rows.flatMap(({ prompt, options, label }) => [prompt, ...options, `${label}`])),
    ...(clusters && { clusters }),
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

/** By the published script: the first of the highest-scored options is chosen, and right if it reads like the right one. */
function releasedChoice(rows: readonly ScoredChoice[], ours: number | null): ReleasedValue {
  const chosen = rows.map(({ scores, options, label }) => options[scores.indexOf(Math.max(...scores))] === options[label]);
  const value = mean(chosen.map((isRight) => (isRight ? 1 : 0)));
  return { convention: 'right-by-text', value, difference: value === null || ours === null ? null : value - ours };
}

function choiceBaselines(rows: readonly ScoredChoice[], model: { values: number[]; clusters?: number[] }): Baseline[] {
  const chance = mean(rows.map(({ options }) => 1 / options.length)) ?? 0;
  const position = mostFrequentPosition(rows);
  return [
    { name: 'random', ties: rows.length, difference: differenceFromKnown(model, chance), ...known(chance, rows.length) },
    baselineOf('longer', rows.map((row) => hitOf(row, (option) => option.length)), model),
    baselineOf('shorter', rows.map((row) => hitOf(row, (option) => -option.length)), model),
    baselineOf('most-frequent-position', rows.map(({ label }) => (label === position ? 1 : 0)), model),
  ];
}

/** The options that a rule puts first share the hit. */
function hitOf({ options, label }: ScoredChoice, rule: (option: string) => number): number {
  const features = options.map(rule);
  const highest = Math.max(...features);
  return features[label] === highest ? 1 / features.filter((feature) => feature === highest).length : 0;
}

/** The position that is right most often in these very questions: the best a constant answer can do. */
function mostFrequentPosition(rows: readonly ScoredChoice[]): number {
  const counts = new Map<number, number>();
  for (const { label } of rows) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), [0, 0])[0];
}
