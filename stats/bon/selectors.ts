import type { BonSelector } from '../../plan/metrics.ts';
import { createBestOf } from './best-of-n.ts';
import { majorityOfN } from './majority.ts';
import type { Vote } from './majority.ts';

/** Candidates of one question. */
export type ScoredQuestion = readonly ScoredCandidate[];

export interface ScoredCandidate {
  question: number;
  ordinal: number;
  score: number;
  correct: boolean;
  /** In canonical form, so that equal answers are equal texts; null: none was found. */
  answer: string | null;
  text: string;
}

/** By selector, by size, by question: the share of subsets whose selected answer is right; null for a question that is left out. */
export type SelectorValues = { [name in BonSelector]: (number | null)[][] };

/** What every selector is worth on every question at every size. */
export function selectedValues(questions: readonly (ScoredQuestion | null)[], sizes: readonly number[]): SelectorValues {
  const names = ['model', 'majority', 'weighted-majority', 'oracle', 'longest', 'shortest', 'random'] as const;
  const values = Object.fromEntries(names.map((name) => [name, sizes.map((): (number | null)[] => [])])) as SelectorValues;
  for (const question of questions) {
    const select = question && createSelectors(question);
    sizes.forEach((n, index) => {
      const worth = select?.(n);
      for (const name of names) values[name][index]?.push(worth?.[name] ?? null);
    });
  }
  return values;
}

/** For one question: the share of subsets of size n whose selected answer is right, by selector. */
function createSelectors(question: ScoredQuestion): (n: number) => { [name in BonSelector]: number } {
  const best = (score: (candidate: ScoredCandidate) => number) =>
    createBestOf(question.map((each) => ({ score: score(each), value: each.correct ? 1 : 0 })));
  const [model, oracle] = [best(({ score }) => score), best(({ correct }) => (correct ? 1 : 0))];
  const [longest, shortest, random] = [best(({ text }) => text.length), best(({ text }) => -text.length), best(() => 0)];
  const votes = weightedVotes(question);
  return (n) => {
    const { counted, weighted } = majorityOfN({ votes, n });
    return {
      model: model(n),
      majority: counted,
      'weighted-majority': weighted,
      oracle: oracle(n),
      longest: longest(n),
      shortest: shortest(n),
      random: random(n),
    };
  };
}

/** exp(score), shifted by the question's highest score: shares of votes stay the same and nothing overflows. */
function weightedVotes(question: ScoredQuestion): Vote[] {
  const top = Math.max(...question.map(({ score }) => score));
  return question.map(({ answer, correct, score }) => ({ answer, correct, weight: score === top ? 1 : Math.exp(score - top) }));
}
