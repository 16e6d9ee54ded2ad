import { createScale } from './balance.ts';
import { mistakenSteps } from './mistake.ts';
import type { Mistake } from './mistake.ts';
import { pairSizes } from './pairs.ts';
import { answerOf, drawProblem, patience, solve } from './problem.ts';
import type { WordProblem } from './problem.ts';
import type { Random } from './random.ts';
import { drawStyles, writeSolution } from './solution.ts';

export interface ChoiceQuestion {
  problem: WordProblem;
  options: string[];
  /** Index of the right option. */
  label: number;
}

/**
 * Endless problems with one right and three wrong solutions, each wrong one by another kind of mistake; all four differ
 * in their answers. Over any four in a row that begin at a multiple of four, the right one stands at each position once
 * and has each rank by answer once; it is the longest and the shortest in one of four, ties shared. `isWanted` rejects
 * problems; a RangeError says that it leaves too few.
 */
export function* drawChoices(random: Random, isWanted: (problem: WordProblem) => boolean): Generator<ChoiceQuestion, never> {
  const seen = new Set<string>();
  const scale = createScale(2);
  for (;;) {
    const ranks = random.shuffle([0, 1, 2, 3]);
    for (const [at, label] of random.shuffle([0, 1, 2, 3]).entries()) {
      const isNew = (problem: WordProblem) => isWanted(problem) && !seen.has(problem.text);
      const offers = Array.from({ length: offered }, () => findSet(random, isNew, ranks[at] ?? 0));
      const best = offers.reduce((a, b) => (scale.tilt(extremeness(b)) < scale.tilt(extremeness(a)) ? b : a));
      scale.add(extremeness(best));
      seen.add(best.problem.text);
      yield { problem: best.problem, options: best.wrong.toSpliced(label, 0, best.right), label };
    }
  }
}

/** Sets that each choice is picked from. */
const offered = 6;

interface SolutionSet {
  problem: WordProblem;
  right: string;
  wrong: string[];
}

interface Solution {
  text: string;
  answer: number;
}

function findSet(random: Random, isWanted: (problem: WordProblem) => boolean, rank: number): SolutionSet {
  for (let tries = 0; tries < patience; tries++) {
    const problem = drawProblem(random, random.between(2, 3), pairSizes);
    const [right, ...wrong] = isWanted(problem) ? drawSolutions(random, problem) : [];
    if (!right || wrong.filter(({ answer }) => answer < right.answer).length !== rank) continue;
    return { problem, right: right.text, wrong: wrong.map(({ text }) => text) };
  }
  throw new RangeError(`no new word problem was found in ${patience} draws: ask for fewer choices`);
}

/** The right solution first; nothing where two of them share an answer. */
function drawSolutions(random: Random, problem: WordProblem): Solution[] {
  const counted = problem.operations.length === 3 ? 'dropped' : 'repeated';
  const styles = drawStyles(random, counted);
  const wrong = random.shuffle<Mistake>(['operation', 'slip', counted]).map((mistake) => ({
    steps: mistakenSteps(random, problem, { mistake, most: pairSizes.most }),
    style: mistake === counted ? styles.wrong : styles.right,
  }));
  const all = [{ steps: solve(problem.start, problem.operations), style: styles.right }, ...wrong].flatMap(({ steps, style }) =>
    steps ? [{ text: writeSolution(problem, steps, style), answer: answerOf(steps) }] : [],
  );
  return new Set(all.map(({ answer }) => answer)).size === 4 ? all : [];
}

/** Chance of finding the right one as the longest and as the shortest, less a quarter. */
function extremeness({ right, wrong }: SolutionSet): number[] {
  const lengths = [right, ...wrong].map((text) => text.length);
  return [Math.max(...lengths), Math.min(...lengths)].map((extreme) => {
    const sharing = lengths.filter((length) => length === extreme).length;
    return (right.length === extreme ? 1 / sharing : 0) - 0.25;
  });
}
