import type { BonCurve, BonMetrics, BonSelector, Estimate } from '../plan/metrics.ts';
import { auc } from './auc.ts';
import { bestOfN } from './best-of-n.ts';
import { fingerprint } from './fingerprint.ts';
import { clusterMean } from './interval.ts';
import { majorityOfN } from './majority.ts';

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
  const outcomes = sizes.map((at) => ({ at, values: valuesAt(questions, at, selectors.model) }));
  const curves = selectorNames.map((name) => curve({ name, questions, sizes }));
  return {
    kind: 'eval/bon',
    best: { at: largest, ...estimate(valuesAt(questions, largest, selectors.model)) },
    pass1: estimate(valuesAt(questions, 1, selectors.random)),
    curves,
    auc: estimate(questions.map(aucOf)),
    candidates: { total: rows.length, fewest: Math.min(most, ...questions.map((question) => question.length)), most },
    ties: questions.reduce((sum, question) => sum + tiedGroups(question), 0),
    items: fingerprint(questions.flat().flatMap(({ question, text, correct }) => [`${question}`, text, `${correct}`])),
    outcomes,
  };
}

type Question = readonly ScoredCandidate[];
type Selector = (question: Question, n: number) => number;

const selectors: { [name in BonSelector]: Selector } = {
  model: (question, n) => best(question, n, ({ score }) => score),
  majority: (votes, n) => majorityOfN({ votes, n }),
  'weighted-majority': (question, n) => majorityOfN({ votes: weighted(question), n }),
  oracle: (question, n) => best(question, n, ({ correct }) => (correct ? 1 : 0)),
  longest: (question, n) => best(question, n, ({ text }) => text.length),
  shortest: (question, n) => best(question, n, ({ text }) => -text.length),
  random: (question, n) => best(question, n, () => 0),
};

const selectorNames: BonSelector[] = ['model', 'majority', 'weighted-majority', 'oracle', 'longest', 'shortest', 'random'];

function best(question: Question, n: number, score: (candidate: ScoredCandidate) => number): number {
  return bestOfN(question.map((each) => ({ score: score(each), value: each.correct ? 1 : 0 })), n);
}

/** exp(score), shifted by the question's highest score: shares of votes stay the same and nothing overflows. */
function weighted(question: Question): { answer: string | null; correct: boolean; weight: number }[] {
  const highest = Math.max(...question.map(({ score }) => score));
  return question.map(({ answer, correct, score }) => ({ answer, correct, weight: Math.exp(score - highest) }));
}

function curve({ name, questions, sizes }: { name: BonSelector; questions: Question[]; sizes: number[] }): BonCurve {
  return { name, points: sizes.map((at) => ({ at, ...estimate(valuesAt(questions, at, selectors[name])) })) };
}

function valuesAt(questions: readonly Question[], n: number, select: Selector): (number | null)[] {
  return questions.map((question) => (question.length < n ? null : select(question, n)));
}

function estimate(values: readonly (number | null)[]): Estimate {
  return clusterMean({ values: values.filter((value) => value !== null) });
}

/** Questions by number, candidates by ordinal, whatever order the rows came in. */
function byQuestion(rows: readonly ScoredCandidate[]): Question[] {
  const groups = new Map<number, ScoredCandidate[]>();
  for (const row of rows) {
    const group = groups.get(row.question);
    if (group) group.push(row);
    else groups.set(row.question, [row]);
  }
  const sorted = [...groups].sort(([a], [b]) => a - b);
  return sorted.map(([, group]) => group.sort((a, b) => a.ordinal - b.ordinal));
}

function aucOf(question: Question): number | null {
  const scores = (correct: boolean): number[] => question.filter((each) => each.correct === correct).map(({ score }) => score);
  return auc(scores(true), scores(false));
}

function tiedGroups(question: Question): number {
  const counts = new Map<number, number>();
  for (const { score } of question) counts.set(score, (counts.get(score) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1).length;
}
