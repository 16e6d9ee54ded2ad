import type { Baseline, BaselineName, ScoreOutcomes } from '../../plan/metrics.ts';
import { lastNumber } from '../bon/last-number.ts';
import { fingerprint } from '../fingerprint.ts';
import { differenceFromKnown, estimateDifference, estimateMean, known } from '../interval.ts';
import { clusterIndices } from '../sums.ts';

export interface ScoredPair {
  chosen_score: number;
  rejected_score: number;
  prompt: string;
  chosen: string;
  rejected: string;
  /** Kind of the error in the rejected answer, subset or domain. Default: empty, for none. */
  kind?: string;
  /** Pairs of one question share it. Default: empty, for a question of its own. */
  origin?: string;
  /** Difficulty of the comparison, as RM-Bench has it. Default: empty, for none. */
  level?: string;
}

export interface ScoredPairs {
  rows: readonly ScoredPair[];
}

/**
 * Which pairs have a chosen answer that scores strictly higher, equal scores counting as wrong, beside trivial rules on the
 * same pairs. Throws a RangeError for a score that is not a number.
 */
export function pairOutcomes({ rows }: ScoredPairs): ScoreOutcomes {
  const outcomes = rows.map(outcomeOf).join('');
  const clusters = clusterIndices(rows.map(({ origin }) => origin ?? ''));
  const measured = { ...(clusters && { clusters }) };
  return {
    outcomes,
    ties: countOf(outcomes, 't'),
    baselines: pairBaselines(rows, { values: valuesOf(outcomes), ...measured }),
    items: fingerprint(rows.flatMap(({ prompt, chosen, rejected }) => [prompt, chosen, rejected])),
    ...measured,
  };
}

/** 1 for a right outcome, else 0. */
export function valuesOf(outcomes: string): number[] {
  return Array.from(outcomes, (outcome) => (outcome === '1' ? 1 : 0));
}

/** How often a character is in a text. */
export function countOf(text: string, character: string): number {
  return text.split(character).length - 1;
}

function outcomeOf({ chosen_score, rejected_score }: ScoredPair, index: number): string {
  if (Number.isNaN(chosen_score) || Number.isNaN(rejected_score)) throw new RangeError(`pair ${index} has no score (NaN)`);
  if (chosen_score === rejected_score) return 't';
  return chosen_score > rejected_score ? '1' : '0';
}

interface ModelValues {
  values: number[];
  clusters?: number[];
}

function pairBaselines(rows: readonly ScoredPair[], model: ModelValues): Baseline[] {
  const rules: { name: BaselineName; feature: (text: string) => number | null }[] = [
    { name: 'longer', feature: (text) => text.length },
    { name: 'shorter', feature: (text) => -text.length },
    { name: 'larger-last-number', feature: lastNumber },
    { name: 'smaller-last-number', feature: (text) => negative(lastNumber(text)) },
    { name: 'last-number-present', feature: (text) => (lastNumber(text) === null ? 0 : 1) },
  ];
  const random: Baseline = { name: 'random', ties: rows.length, difference: differenceFromKnown(model, 0.5), ...known(0.5, rows.length) };
  const hits = (feature: (text: string) => number | null) => rows.map((row) => hitOf(row, feature));
  return [random, ...rules.map(({ name, feature }) => baselineOf(name, hits(feature), model))];
}

/** A rule from what it is worth on each item: a hit 1, a miss 0, a share of a hit where it cannot decide. */
export function baselineOf(name: BaselineName, hits: number[], { values, ...clusters }: ModelValues): Baseline {
  const difference = estimateDifference({ values: values.map((value, index) => value - (hits[index] ?? 0)), ...clusters });
  const ties = hits.filter((hit) => hit > 0 && hit < 1).length;
  return { name, ties, difference, ...estimateMean({ values: hits, ...clusters }) };
}

/** Whether a rule prefers the chosen answer; half a hit where it cannot tell, also between numbers that are both infinite. */
function hitOf({ chosen, rejected }: ScoredPair, feature: (text: string) => number | null): number {
  const [ours, theirs] = [feature(chosen), feature(rejected)];
  if (ours === null || theirs === null || ours === theirs) return 0.5;
  return ours > theirs ? 1 : 0;
}

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}
