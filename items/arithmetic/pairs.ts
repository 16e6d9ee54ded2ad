import { createScale, rankerOf } from './balance.ts';
import type { Balanced, Scale } from './balance.ts';
import { mistakenSteps, mistakes } from './mistake.ts';
import type { Mistake } from './mistake.ts';
import { answerOf, drawProblem, patience, solve } from './problem.ts';
import type { Operator, WordProblem, Sizes, SolutionStep } from './problem.ts';
import type { Random } from './random.ts';
import { drawStyles, writeSolution } from './solution.ts';
import type { SolutionStyle } from './solution.ts';

export interface SolvedPair {
  problem: WordProblem;
  mistake: Mistake;
  right: string;
  wrong: string;
}

export const pairSizes: Sizes = { start: 30, operand: 9, most: 150 };

/**
 * Endless right and wrong solutions, the kinds of mistake in turn. Within each kind the right answer is the larger one in
 * one half, the right solution as often the longer as the shorter one, also apart for larger and smaller answers; length
 * and answer rank alike on both sides, and both have as many lines. Over all kinds the same goes for operators and for
 * lines that say nothing new. Any first part of the pairs is balanced, and a longer one begins with it. A dropped step
 * comes from three steps and a repeated one from two, so that solutions of two and of three steps are right as often as
 * wrong. `isWanted` rejects problems; a RangeError says that it leaves too few.
 */
export function* drawPairs(random: Random, isWanted: (problem: WordProblem) => boolean): Generator<SolvedPair, never> {
  const seen = new Set<string>();
  const scales = { all: createScale(scaleSize), kinds: new Map(mistakes.map((kind) => [kind, createScale(scaleSize)])) };
  for (;;) {
    const pools = new Map(
      mistakes.map((mistake) => [mistake, fillPool(random, mistake, (problem) => isWanted(problem) && !seen.has(problem.text))]),
    );
    const rankAll = rankerOf([...pools.values()].flat(2));
    const ranks = new Map([...pools].map(([kind, cells]) => [kind, rankerOf(cells.flat())]));
    for (let turn = 0; turn < turns; turn++)
      for (const mistake of mistakes) {
        const cell = pools.get(mistake)?.[turn % cells] ?? [];
        const rank = ranks.get(mistake) ?? rankAll;
        const own = scales.kinds.get(mistake) ?? scales.all;
        const chosen = takeBest(cell.filter(({ problem }) => !seen.has(problem.text)), { own, all: scales.all, rank, rankAll });
        seen.add(chosen.problem.text);
        yield chosen;
      }
  }
}

/** Pairs of each kind that are drawn from one pool, and candidates that each cell of the pool offers. */
const turns = 20;
const offered = 48;

/** Cells by the sign of the difference of the answers. */
const cells = 2;

interface PairCandidate extends SolvedPair, Balanced {
  /** Right less wrong. */
  habits: number[];
}

function fillPool(random: Random, mistake: Mistake, isWanted: (problem: WordProblem) => boolean): PairCandidate[][] {
  const pool: PairCandidate[][] = Array.from({ length: cells }, () => []);
  for (let idle = 0; pool.some((cell) => cell.length < offered); idle++) {
    if (idle > patience) throw new RangeError(`no new word problem was found in ${patience} draws: ask for fewer pairs`);
    const candidate = drawCandidate(random, mistake, isWanted);
    const cell = candidate && pool[cellOf(candidate)];
    if (!cell || cell.length >= offered) continue;
    cell.push(candidate);
    idle = 0;
  }
  return pool;
}

function drawCandidate(random: Random, mistake: Mistake, isWanted: (problem: WordProblem) => boolean): PairCandidate | null {
  const problem = drawProblem(random, stepsFor(random, mistake), pairSizes);
  const wrongSteps = isWanted(problem) ? mistakenSteps(random, problem, { mistake, most: pairSizes.most }) : null;
  if (!wrongSteps) return null;
  const rightSteps = solve(problem.start, problem.operations);
  const styles = drawStyles(random, mistake);
  const right = writeSolution(problem, rightSteps, styles.right);
  const wrong = writeSolution(problem, wrongSteps, styles.wrong);
  const features = { right: [right.length, answerOf(rightSteps)], wrong: [wrong.length, answerOf(wrongSteps)] };
  const habits = difference(habitsOf(rightSteps, styles.right), habitsOf(wrongSteps, styles.wrong));
  return { problem, mistake, right, wrong, features, habits };
}

function stepsFor(random: Random, mistake: Mistake): number {
  if (mistake === 'dropped') return 3;
  return mistake === 'repeated' ? 2 : random.between(2, 3);
}

/** How often each operator and each line that says nothing new occurs. */
function habitsOf(steps: readonly SolutionStep[], { opening, closing }: SolutionStyle): number[] {
  const operators: Operator[] = ['+', '-', '*'];
  return [...operators.map((each) => steps.filter(({ operator }) => operator === each).length), Number(opening), Number(closing)];
}

function cellOf({ features: { right, wrong } }: PairCandidate): number {
  return (right[1] ?? 0) > (wrong[1] ?? 0) ? 1 : 0;
}

interface Balances {
  own: Scale;
  all: Scale;
  rank: (features: readonly number[]) => number[];
  rankAll: (features: readonly number[]) => number[];
}

const scaleSize = 11;

/** The candidate that leaves its kind and all pairs most even; it is put on both scales. */
function takeBest(candidates: readonly PairCandidate[], { own, all, rank, rankAll }: Balances): PairCandidate {
  const weighed = candidates.map((candidate) => {
    const { features, habits } = candidate;
    const inKind = [...unevenness(features, rank), ...mirrored(features)];
    const inAll = [...unevenness(features, rankAll), ...mirrored(features), ...habits.map((each) => each * habitWeight)];
    return { candidate, inKind, inAll, tilt: own.tilt(inKind) + all.tilt(inAll) };
  });
  const best = weighed.reduce((a, b) => (b.tilt < a.tilt ? b : a));
  own.add(best.inKind);
  all.add(best.inAll);
  return best.candidate;
}

/** Differences of the ranks, and of their distances from the middle: neither side may be the more extreme one. */
function unevenness({ right, wrong }: PairCandidate['features'], rank: (features: readonly number[]) => number[]): number[] {
  const [ours, theirs] = [rank(right), rank(wrong)];
  const distances = (ranks: number[]) => ranks.map((each) => Math.abs(each - 0.5));
  return [...difference(ours, theirs), ...difference(distances(ours), distances(theirs))];
}

/** Longer with the larger answer against shorter with the smaller one; longer with the smaller against the reverse. */
function mirrored({ right, wrong }: PairCandidate['features']): [number, number] {
  const [length = 0, answer = 0] = difference(right, wrong).map(Math.sign);
  return length === answer ? [length, 0] : [0, length];
}

/** Operators and lines weigh less than lengths and answers: their differences are whole, those of ranks fractions. */
const habitWeight = 0.25;

function difference(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((value, at) => value - (theirs[at] ?? 0));
}
