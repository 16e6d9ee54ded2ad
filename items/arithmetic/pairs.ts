import { createScale, rankerOf } from './balance.ts';
import type { Balanced, Scale } from './balance.ts';
import { mistakenSteps, mistakes } from './mistake.ts';
import type { Mistake } from './mistake.ts';
import { answerOf, drawProblem, patience, solve } from './problem.ts';
import type { Operator, Problem, Sizes, Step } from './problem.ts';
import type { Random } from './random.ts';
import { drawStyle, writeSolution } from './solution.ts';
import type { Style } from './solution.ts';

export interface SolvedPair {
  problem: Problem;
  mistake: Mistake;
  right: string;
  wrong: string;
}

export const pairSizes: Sizes = { start: 30, operand: 15, most: 150 };

/**
 * Endless right and wrong solutions, the kinds of mistake in turn. Within each kind the right one is longer in one half
 * and its answer larger in one half, independently of each other; length, answer and number of lines rank alike on both
 * sides; over all kinds so do operators and ways of writing. Any first part of the pairs is balanced, and a longer one
 * begins with it. A dropped step comes from three steps and a repeated one from two, so that solutions of two and of
 * three steps are right as often as wrong. `isWanted` rejects problems; a RangeError says that it leaves too few.
 */
export function* drawPairs(random: Random, isWanted: (problem: Problem) => boolean): Generator<SolvedPair, never> {
  const seen = new Set<string>();
  const scales = { all: createScale(scaleSize), kinds: new Map(mistakes.map((kind) => [kind, createScale(scaleSize)])) };
  for (;;) {
    const pools = new Map(mistakes.map((mistake) => [mistake, fillPool(random, mistake, (problem) => isWanted(problem) && !seen.has(problem.text))]));
    const rankAll = rankerOf([...pools.values()].flat(2));
    const ranks = new Map([...pools].map(([kind, cells]) => [kind, rankerOf(cells.flat())]));
    for (let turn = 0; turn < turns; turn++)
      for (const mistake of mistakes) {
        const cell = pools.get(mistake)?.[cellOrder[turn % cells] ?? 0] ?? [];
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

/** Cells by the signs of the difference of the lengths and of the answers. Opposite ones follow each other. */
const cells = 4;
const cellOrder = [0, 3, 1, 2];

interface Candidate extends SolvedPair, Balanced {
  /** Right less wrong. */
  habits: Habits;
}

interface Habits {
  /** How often each occurs. */
  operators: number[];
  /** Ways of writing, apart for problems of two and of three steps: the question gives their number away. */
  styles: number[];
}

function fillPool(random: Random, mistake: Mistake, isWanted: (problem: Problem) => boolean): Candidate[][] {
  const pool: Candidate[][] = Array.from({ length: cells }, () => []);
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

function drawCandidate(random: Random, mistake: Mistake, isWanted: (problem: Problem) => boolean): Candidate | null {
  const problem = drawProblem(random, stepsFor(random, mistake), pairSizes);
  const wrongSteps = isWanted(problem) ? mistakenSteps(random, problem, { mistake, most: pairSizes.most }) : null;
  if (!wrongSteps) return null;
  const rightSteps = solve(problem.start, problem.operations);
  const styles = { right: drawStyle(random), wrong: drawStyle(random) };
  const right = writeSolution(problem, rightSteps, styles.right);
  const wrong = writeSolution(problem, wrongSteps, styles.wrong);
  if (right.length === wrong.length) return null;
  const features = { right: featuresOf(right, rightSteps), wrong: featuresOf(wrong, wrongSteps) };
  const [ours, theirs] = [habitsOf(problem, rightSteps, styles.right), habitsOf(problem, wrongSteps, styles.wrong)];
  const habits = { operators: difference(ours.operators, theirs.operators), styles: difference(ours.styles, theirs.styles) };
  return { problem, mistake, right, wrong, features, habits };
}

function stepsFor(random: Random, mistake: Mistake): number {
  if (mistake === 'dropped') return 3;
  return mistake === 'repeated' ? 2 : random.between(2, 3);
}

/** Length, answer, number of lines. */
function featuresOf(text: string, steps: readonly Step[]): number[] {
  return [text.length, answerOf(steps), text.split('\n').length];
}

function habitsOf({ operations }: Problem, steps: readonly Step[], style: Style): Habits {
  const operators: Operator[] = ['+', '-', '*'];
  const written = [style.opening, style.closing, style.wordy].map(Number);
  const none = written.map(() => 0);
  return {
    operators: operators.map((each) => steps.filter(({ operator }) => operator === each).length),
    styles: operations.length === 2 ? [...written, ...none] : [...none, ...written],
  };
}

function cellOf({ features: { right, wrong } }: Candidate): number {
  const [length = 0, answer = 0] = difference(right, wrong);
  return (length > 0 ? 2 : 0) + (answer > 0 ? 1 : 0);
}

interface Balances {
  own: Scale;
  all: Scale;
  rank: (features: readonly number[]) => number[];
  rankAll: (features: readonly number[]) => number[];
}

const scaleSize = 16;

/** The candidate that leaves its kind and all pairs most even; it is put on both scales. */
function takeBest(candidates: readonly Candidate[], { own, all, rank, rankAll }: Balances): Candidate {
  const weighed = candidates.map((candidate) => {
    const { features, habits } = candidate;
    const lines = Math.sign((features.right[2] ?? 0) - (features.wrong[2] ?? 0));
    const inKind = [...unevenness(features, rank), lines, ...stylesIn(candidate)];
    const inAll = [...unevenness(features, rankAll), lines, ...[...habits.operators, ...sumOfHalves(habits.styles)].map((each) => each * habitWeight)];
    return { candidate, inKind, inAll, tilt: own.tilt(inKind) + all.tilt(inAll) };
  });
  const best = weighed.reduce((a, b) => (b.tilt < a.tilt ? b : a));
  own.add(best.inKind);
  all.add(best.inAll);
  return best.candidate;
}

/** Differences of the ranks, and of their distances from the middle: neither side may be the more extreme one. */
function unevenness({ right, wrong }: Candidate['features'], rank: (features: readonly number[]) => number[]): number[] {
  const [ours, theirs] = [rank(right), rank(wrong)];
  const distances = (ranks: number[]) => ranks.map((each) => Math.abs(each - 0.5));
  return [...difference(ours, theirs), ...difference(distances(ours), distances(theirs))];
}

/**
 * Ways of writing are even within mistakes that keep the number of steps. A dropped step has to be made up for by other
 * lines and a repeated one by fewer: these two are even together.
 */
function stylesIn({ mistake, habits: { styles } }: Candidate): number[] {
  return mistake === 'operation' || mistake === 'slip' ? styles.map((each) => each * habitWeight) : styles.map(() => 0);
}

function sumOfHalves(values: readonly number[]): number[] {
  const half = values.length / 2;
  return values.slice(0, half).map((value, at) => value + (values[at + half] ?? 0));
}

/** A way of writing weighs less than length, answer and lines: its differences are whole, those of ranks fractions. */
const habitWeight = 0.25;

function difference(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((value, at) => value - (theirs[at] ?? 0));
}
