import type { BonCurve, BonMetrics, BonSelector } from '../../plan/metrics.ts';
import { auc } from '../auc.ts';
import { releasedBon } from '../bon/as-released.ts';
import { fingerprint } from '../fingerprint.ts';
import { estimateDifference, estimateMean } from '../interval.ts';
import { selectedValues } from '../bon/selectors.ts';
import type { ScoredCandidate, ScoredQuestion, SelectorValues } from '../bon/selectors.ts';

interface ScoredCandidates {
  rows: readonly ScoredCandidate[];
  n: readonly number[];
}

/**
 * Best-of-N at each N (averaged over all subsets of N candidates, intervals over questions), beside pass@1, majority,
 * weighted majority, oracle, length and random on the same candidates. All N are about the same questions: one with fewer
 * candidates than the largest N is left out, and counted. Throws a RangeError for a score that is not a number or an N that
 * no question reaches.
 */
export function evaluateBon({ rows, n }: ScoredCandidates): BonMetrics {
  const questions = byQuestion(rows);
  const most = Math.max(0, ...questions.map((question) => question.length));
  const sizes = [...new Set(n)].sort((a, b) => a - b);
  const largest = sizes.at(-1) ?? 1;
  if (rows.length > 0 && largest > most) throw new RangeError(`Best-of-${largest} asked for; no question has more than ${most} candidates`);
  const isWhole = (question: ScoredQuestion): boolean => question.length >= largest;
  const values = selectedValues(questions.map((question) => (isWhole(question) ? question : null)), sizes);
  const aucs = questions.map((question) => (isWhole(question) ? aucOf(question) : null));
  const pass1 = values.random[0] ?? [];
  return {
    kind: 'eval/bon',
    best: { at: largest, ...estimateMean({ values: values.model.at(-1) ?? [] }) },
    pass1: estimateMean({ values: pass1 }),
    curves: curvesOf(values, sizes),
    auc: estimateMean({ values: aucs }),
    candidates: { total: rows.length, fewest: Math.min(most, ...questions.map((question) => question.length)), most },
    left_out: questions.filter((question) => !isWhole(question)).length,
    ties: questions.reduce((sum, question) => sum + tiedGroups(question), 0),
    items: fingerprint(questions.flat().flatMap(({ question, text, correct }) => [`${question}`, text, `${correct}`])),
    outcomes: [
      ...keptSelectors.flatMap((name) => sizes.map((at, index) => ({ name, at, values: rounded(values[name][index] ?? []) }))),
      { name: 'random', at: 1, values: rounded(pass1) },
    ],
    as_released: releasedBon(questions.filter(isWhole), sizes, values.model.map((own) => estimateMean({ values: own }).value)),
    aucs: rounded(aucs),
  };
}

/** The selectors whose values are kept by question, at each N. */
const keptSelectors: BonSelector[] = ['model', 'majority', 'weighted-majority', 'longest'];

function curvesOf(values: SelectorValues, sizes: readonly number[]): BonCurve[] {
  return (Object.keys(values) as BonSelector[]).map((name) => ({
    name,
    points: sizes.map((at, index) => {
      const [own, model] = [values[name][index] ?? [], values.model[index] ?? []];
      const difference = estimateDifference({ values: own.map((value, question) => minus(model[question] ?? null, value)) });
      return { at, difference, ...estimateMean({ values: own }) };
    }),
  }));
}

function minus(value: number | null, other: number | null): number | null {
  return value === null || other === null ? null : Math.round((value - other) * 1e12) / 1e12;
}

function rounded(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value) => value && Math.round(value * 1e6) / 1e6);
}

/** Questions by number, candidates by ordinal, whatever order the rows came in. */
function byQuestion(rows: readonly ScoredCandidate[]): ScoredQuestion[] {
  const groups = [...Map.groupBy(rows, ({ question }) => question)].sort(([a], [b]) => a - b);
  return groups.map(([, group]) => group.toSorted((a, b) => a.ordinal - b.ordinal));
}

function aucOf(question: ScoredQuestion): number | null {
  const scores = (correct: boolean): number[] => question.filter((each) => each.correct === correct).map(({ score }) => score);
  return auc(scores(true), scores(false));
}

function tiedGroups(question: ScoredQuestion): number {
  const counts = new Map<number, number>();
  for (const { score } of question) counts.set(score, (counts.get(score) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1).length;
}
