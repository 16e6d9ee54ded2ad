import type { BonCurve, BonMetrics, BonSelector, Estimate } from '../../plan/metrics.ts';
import { auc } from '../auc.ts';
import { createBestOf } from '../bon/best-of-n.ts';
import { fingerprint } from '../fingerprint.ts';
import { clusterMean } from '../interval.ts';
import { majorityOfN } from '../bon/majority.ts';

export interface ScoredCandidate {
  question: number;
  ordinal: number;
  score: number;
  correct: boolean;
  /** Null: none was found in the text. */
  answer: string | null;
  text: string;
}

/**
 * Best-of-N at each N (averaged over all subsets of N candidates, intervals over questions), beside pass@1, majority,
 * weighted majority, oracle, length and random on the same candidates. A question with fewer than N candidates is left
 * out at that N, and n says so. Throws a RangeError for a score that is not a number or an N that no question reaches.
 */
export function evaluateBon({ rows, n }: { rows: readonly ScoredCandidate[]; n: readonly number[] }): BonMetrics {
  const questions = byQuestion(rows);
  const most = Math.max(0, ...questions.map((question) => question.length));
  const sizes = [...new Set(n)].sort((a, b) => a - b);
  const largest = sizes.at(-1) ?? 1;
  if (rows.length > 0 && largest > most) throw new RangeError(`Best-of-${largest} asked for; no question has more than ${most} candidates`);
  const values = Object.fromEntries(selectorNames.map((name) => [name, valuesAt(questions, sizes, selectors[name])]));
  const curves = selectorNames.map((name): BonCurve => ({
    name,
    points: sizes.map((at, index) => ({ at, ...estimate(values[name]?.[index] ?? []) })),
  }));
  return {
    kind: 'eval/bon',
    best: { at: largest, ...estimate(values['model']?.at(-1) ?? []) },
    pass1: estimate(valuesAt(questions, [1], selectors.random)[0] ?? []),
    curves,
    auc: estimate(questions.map(aucOf)),
    candidates: { total: rows.length, fewest: Math.min(most, ...questions.map((question) => question.length)), most },
    ties: questions.reduce((sum, question) => sum + tiedGroups(question), 0),
    items: fingerprint(questions.flat().flatMap(({ question, text, correct }) => [`${question}`, text, `${correct}`])),
    outcomes: sizes.map((at, index) => ({ at, values: values['model']?.[index] ?? [] })),
  };
}

type ScoredQuestion = readonly ScoredCandidate[];
/** For one question: the share of subsets of size n whose selected answer is right. */
type SubsetSelector = (question: ScoredQuestion) => (n: number) => number;

const selectors: { [name in BonSelector]: SubsetSelector } = {
  model: highest(({ score }) => score),
  majority: (votes) => (n) => majorityOfN({ votes, n }),
  'weighted-majority': (question) => {
    const votes = weighted(question);
    return (n) => majorityOfN({ votes, n });
  },
  oracle: highest(({ correct }) => (correct ? 1 : 0)),
  longest: highest(({ text }) => text.length),
  shortest: highest(({ text }) => -text.length),
  random: highest(() => 0),
};

const selectorNames: BonSelector[] = ['model', 'majority', 'weighted-majority', 'oracle', 'longest', 'shortest', 'random'];

function highest(score: (candidate: ScoredCandidate) => number): SubsetSelector {
  return (question) => createBestOf(question.map((each) => ({ score: score(each), value: each.correct ? 1 : 0 })));
}

/** exp(score), shifted by the question's highest score: shares of votes stay the same and nothing overflows. */
function weighted(question: ScoredQuestion): { answer: string | null; correct: boolean; weight: number }[] {
  const top = Math.max(...question.map(({ score }) => score));
  return question.map(({ answer, correct, score }) => ({ answer, correct, weight: Math.exp(score - top) }));
}

/** By size, then by question; null where a question has fewer candidates. */
function valuesAt(questions: readonly ScoredQuestion[], sizes: readonly number[], select: SubsetSelector): (number | null)[][] {
  const chosen = questions.map((question) => ({ most: question.length, at: select(question) }));
  return sizes.map((n) => chosen.map(({ most, at }) => (n > most ? null : at(n))));
}

function estimate(values: readonly (number | null)[]): Estimate {
  return clusterMean({ values: values.filter((value) => value !== null) });
}

/** Questions by number, candidates by ordinal, whatever order the rows came in. */
function byQuestion(rows: readonly ScoredCandidate[]): ScoredQuestion[] {
  const groups = new Map<number, ScoredCandidate[]>();
  for (const row of rows) {
    const group = groups.get(row.question);
    if (group) group.push(row);
    else groups.set(row.question, [row]);
  }
  const sorted = [...groups].sort(([a], [b]) => a - b);
  return sorted.map(([, group]) => group.sort((a, b) => a.ordinal - b.ordinal));
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
