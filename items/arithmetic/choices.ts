import { mistakenSteps } from './mistake.ts';
import type { Mistake } from './mistake.ts';
import { pairSizes } from './pairs.ts';
import { answerOf, drawProblem, patience, solve } from './problem.ts';
import type { Problem, Step } from './problem.ts';
import type { Random } from './random.ts';
import { drawStyle, writeSolution } from './solution.ts';

export interface Choice {
  problem: Problem;
  options: string[];
  /** Index of the right option. */
  label: number;
}

/**
 * Endless problems with one right and three wrong solutions, each wrong one by another kind of mistake; all four differ
 * in length and in answer. Over any four in a row that begin at a multiple of four, the right one stands at each
 * position once, and has each rank by length and each rank by answer once. `isWanted` rejects problems; a RangeError
 * says that it leaves too few.
 */
export function* drawChoices(random: Random, isWanted: (problem: Problem) => boolean): Generator<Choice, never> {
  const seen = new Set<string>();
  for (;;) {
    const [lengths, answers] = [random.shuffle([0, 1, 2, 3]), random.shuffle([0, 1, 2, 3])];
    for (const [at, label] of random.shuffle([0, 1, 2, 3]).entries()) {
      const ranks = { length: lengths[at] ?? 0, answer: answers[at] ?? 0 };
      const { problem, right, wrong } = findSet(random, (each) => isWanted(each) && !seen.has(each.text), ranks);
      seen.add(problem.text);
      yield { problem, options: wrong.toSpliced(label, 0, right), label };
    }
  }
}

interface SolutionSet {
  problem: Problem;
  right: string;
  wrong: string[];
}

interface Solution {
  text: string;
  answer: number;
}

function findSet(random: Random, isWanted: (problem: Problem) => boolean, ranks: { length: number; answer: number }): SolutionSet {
  for (let tries = 0; tries < patience; tries++) {
    const problem = drawProblem(random, random.between(2, 3), pairSizes);
    if (!isWanted(problem)) continue;
    const all = drawSolutions(random, problem);
    const [right, ...wrong] = all ?? [];
    if (!all || !right) continue;
    if (rankOf(all.map(({ text }) => text.length)) !== ranks.length) continue;
    if (rankOf(all.map(({ answer }) => answer)) !== ranks.answer) continue;
    return { problem, right: right.text, wrong: wrong.map(({ text }) => text) };
  }
  throw new RangeError(`no new word problem was found in ${patience} draws: ask for fewer choices`);
}

/** The right solution first; null where two of them share a length or an answer. */
function drawSolutions(random: Random, problem: Problem): Solution[] | null {
  const kinds: Mistake[] = ['operation', 'slip', problem.operations.length === 3 ? 'dropped' : 'repeated'];
  const wrong = random.shuffle(kinds).map((mistake) => mistakenSteps(random, problem, { mistake, most: pairSizes.most }));
  const all = [solve(problem.start, problem.operations), ...wrong];
  if (!all.every((steps): steps is Step[] => steps !== null)) return null;
  const solutions = all.map((steps) => ({ text: writeSolution(problem, steps, drawStyle(random)), answer: answerOf(steps) }));
  const differ = (values: number[]) => new Set(values).size === values.length;
  return differ(solutions.map(({ text }) => text.length)) && differ(solutions.map(({ answer }) => answer)) ? solutions : null;
}

/** How many of the others are smaller than the first. */
function rankOf([first = 0, ...others]: number[]): number {
  return others.filter((other) => other < first).length;
}
