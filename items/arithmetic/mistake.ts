import { answerOf, calculate, isWithin, solve } from './problem.ts';
import type { Operation, WordProblem, SolutionStep } from './problem.ts';
import type { Random } from './random.ts';

/**
 * `operation`: one step calculates with another operation than the text says; `slip`: the result of one step is off;
 * `dropped`: one step is left out; `repeated`: one step is done twice. Everything after it follows from it.
 */
export const mistakes = ['operation', 'slip', 'dropped', 'repeated'] as const;

export type Mistake = (typeof mistakes)[number];

/** Steps of a solution with one mistake; null where the draw gave the right answer or left the sizes. */
export function mistakenSteps(
  random: Random,
  problem: WordProblem,
  { mistake, most }: { mistake: Mistake; most: number },
): SolutionStep[] | null {
  const steps = make[mistake](random, problem);
  const right = answerOf(solve(problem.start, problem.operations));
  return steps && isWithin(steps, most) && answerOf(steps) !== right ? steps : null;
}

const make: { [M in Mistake]: (random: Random, problem: WordProblem) => SolutionStep[] | null } = {
  operation(random, { start, operations }) {
    const at = random.between(0, operations.length - 1);
    return operations[at]?.operator === '*' ? null : solve(start, operations.with(at, swap(operations[at] as Operation)));
  },
  slip(random, { start, operations }) {
    const at = random.between(0, operations.length - 1);
    const off = random.pick([-10, -2, -1, 1, 2, 10]);
    let left = start;
    return operations.map(({ event, operator, operand: right }, index) => {
      const result = calculate(left, operator, right) + (index === at ? off : 0);
      const step = { event, left, operator, right, result };
      left = result;
      return step;
    });
  },
  dropped(random, { start, operations }) {
    const at = random.between(0, operations.length - 1);
    return operations.length < 2 ? null : solve(start, operations.toSpliced(at, 1));
  },
  repeated(random, { start, operations }) {
    const at = random.between(0, operations.length - 1);
    return solve(start, operations.flatMap((each, index) => (index === at ? [each, each] : [each])));
  },
};

/** Sums become differences and the other way round. */
function swap(operation: Operation): Operation {
  return { ...operation, operator: operation.operator === '+' ? '-' : '+' };
}
