import type { AccuracyMetrics, Baseline, BaselineName } from '../../plan/metrics.ts';
import { fingerprint } from '../fingerprint.ts';
import { known, share } from '../interval.ts';
import { lastNumber } from '../bon/last-number.ts';

export interface ScoredPair {
  chosen_score: number;
  rejected_score: number;
  chosen: string;
  rejected: string;
  /** Kind of the error in the rejected answer; empty where nobody named one. */
  kind: string;
}

/**
 * Share of pairs whose chosen answer scores strictly higher, equal scores counting as wrong, beside trivial rules on the
 * same pairs. Throws a RangeError for a score that is not a number.
 */
export function evaluateAccuracy({ rows }: { rows: readonly ScoredPair[] }): AccuracyMetrics {
  const outcomes = rows.map(outcomeOf).join('');
  return {
    kind: 'eval/accuracy',
    accuracy: share(count(outcomes, '1'), rows.length),
    ties: count(outcomes, 't'),
    baselines: pairBaselines(rows),
    kinds: byKind(rows, outcomes),
    items: fingerprint(rows.flatMap(({ chosen, rejected }) => [chosen, rejected])),
    outcomes,
  };
}

function outcomeOf({ chosen_score, rejected_score }: ScoredPair, index: number): string {
  if (Number.isNaN(chosen_score) || Number.isNaN(rejected_score)) throw new RangeError(`pair ${index} has no score (NaN)`);
  if (chosen_score === rejected_score) return 't';
  return chosen_score > rejected_score ? '1' : '0';
}

function byKind(rows: readonly ScoredPair[], outcomes: string): AccuracyMetrics['kinds'] {
  const groups = new Map<string, string>();
  rows.forEach(({ kind }, index) => {
    if (kind !== '') groups.set(kind, (groups.get(kind) ?? '') + outcomes.charAt(index));
  });
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, own]) => ({ kind, ties: count(own, 't'), accuracy: share(count(own, '1'), own.length) }));
}

function pairBaselines(rows: readonly ScoredPair[]): Baseline[] {
  const rules: { name: BaselineName; feature: (text: string) => number | null }[] = [
    { name: 'longer', feature: (text) => text.length },
    { name: 'shorter', feature: (text) => -text.length },
    { name: 'larger-last-number', feature: lastNumber },
    { name: 'smaller-last-number', feature: (text) => negative(lastNumber(text)) },
    { name: 'last-number-present', feature: (text) => (lastNumber(text) === null ? 0 : 1) },
  ];
  const random: Baseline = { name: 'random', ties: rows.length, ...known(0.5, rows.length) };
  return [random, ...rules.map(({ name, feature }) => baseline(name, rows.map((row) => margin(row, feature))))];
}

/** Chosen minus rejected; 0 where the rule cannot tell. */
function margin({ chosen, rejected }: ScoredPair, feature: (text: string) => number | null): number {
  const [ours, theirs] = [feature(chosen), feature(rejected)];
  return ours === null || theirs === null ? 0 : ours - theirs;
}

function baseline(name: BaselineName, margins: readonly number[]): Baseline {
  const ties = margins.filter((each) => each === 0).length;
  const right = margins.filter((each) => each > 0).length;
  return { name, ties, ...share(right + ties / 2, margins.length) };
}

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
