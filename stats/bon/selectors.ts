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

/** What every selector is worth on every question at every size, smallest first. */
export function selectedValues(questions: readonly (ScoredQuestion | null)[], sizes: readonly number[]): SelectorValues {
  const names = ['model', 'majority', 'weighted-majority', 'oracle', 'longest', 'shortest', 'random'] as const;
  const values = Object.fromEntries(names.map((name) => [name, sizes.map((): (number | null)[] => [])])) as SelectorValues;
  for (const question of questions) {
    const worths = question && worthsOf(question, sizes);
    sizes.forEach((_, index) => {
      for (const name of names) values[name][index]?.push(worths?.[index]?.[name] ?? null);
    });
  }
  return values;
}

/** For one question and each size n: the share of subsets of size n whose selected answer is right, by selector. */
function worthsOf(question: ScoredQuestion, sizes: readonly number[]): { [name in BonSelector]: number }[] {
  const best = (score: (candidate: ScoredCandidate) => number) =>
    createBestOf(question.map((each) => ({ score: score(each), value: each.correct ? 1 : 0 })));
  const [model, oracle] = [best(({ score }) => score), best(({ correct }) => (correct ? 1 : 0))];
  const [longest, shortest, random] = [best(({ text }) => text.length), best(({ text }) => -text.length), best(() => 0)];
  const majorities = majorityOfN({ votes: weightedVotes(question), n: sizes });
  return sizes.map((n, index) => ({
    model: model(n),
    majority: majorities[index]?.counted ?? 0,
    'weighted-majority': majorities[index]?.weighted ?? 0,
    oracle: oracle(n),
    longest: longest(n),
    shortest: shortest(n),
    random: random(n),
  }));
}

/** exp(score), shifted by the question's highest score: shares of votes stay the same and nothing overflows. */
function weightedVotes(question: ScoredQuestion): Vote[] {
  const top = Math.max(...question.map(({ score }) => score));
  return question.map(({ answer, correct, score }) => ({ answer, correct, weight: score === top ? 1 : Math.exp(score - top) }));
}
