import { mistakenSteps, mistakes } from '../arithmetic/mistake.ts';
import { pairSizes } from '../arithmetic/pairs.ts';
import { answerOf, drawProblem, solve, type SolutionStep, type Sizes, type WordProblem } from '../arithmetic/problem.ts';
import { createRandom, type Random } from '../arithmetic/random.ts';
import type { DataRow } from '../datasets/fields.ts';

/** Problems of GSM8K have one step, so small that a tiny model solves some of them; MATH's are of the same sort. */
const questionSizes: Sizes = { start: 9, operand: 9, most: 27 };

/** Rows in the format of GSM8K: notes of a calculator in the solution, and the gold answer behind `####`. */
export function gsm8kRows(seed: number, part: string, count: number): DataRow[] {
  return distinctProblems(createRandom(seed, `gsm8k/${part}`), count, { steps: 1, sizes: questionSizes }).map((problem) => {
    const steps = solve(problem.start, problem.operations);
    const lines = steps.map(({ event, left, operator, right, result }) => {
      const sum = `${left}${operator}${right}=${result}`;
      return `${problem.person} ${event}: ${sum.replace('=', ' = ')} <<${sum}>>${result} ${problem.thing}.`;
    });
    return { question: problem.text, answer: `${lines.join('\n')}\n#### ${answerOf(steps)}` };
  });
}

/** Rows in the format of MATH, of the subjects Algebra, Prealgebra and Number Theory in turn. */
export function mathRows(seed: number, part: string, count: number): (DataRow & { type: string })[] {
  const random = createRandom(seed, `math/${part}`);
  const seen = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    for (;;) {
      const row = draws[index % draws.length]?.(random);
      if (!row || seen.has(row.problem)) continue;
      seen.add(row.problem);
      return { ...row, level: `Level ${1 + (index % 5)}` };
    }
  });
}

type MathProblem = { problem: string; solution: string; type: string };

const draws: ((random: Random) => MathProblem)[] = [
  (random) => {
    const [factor, root, added] = [random.between(2, 9), random.between(1, 12), random.between(1, 20)];
    const [problem, left] = [`Solve $${factor}x + ${added} = ${factor * root + added}$ for $x$.`, factor * root];
    return { type: 'Algebra', problem, solution: `Subtracting $${added}$ gives $${factor}x = ${left}$, so $x = \\boxed{${root}}$.` };
  },
  (random) => {
    const [one, other, added] = [random.between(2, 9), random.between(2, 9), random.between(1, 20)];
    const problem = `Compute $${added} + ${one} \\cdot ${other}$.`;
    return { type: 'Prealgebra', problem, solution: `The product is $${one * other}$, so the sum is $\\boxed{${added + one * other}}$.` };
  },
  (random) => {
    const [divisor, quotient] = [random.between(3, 9), random.between(2, 12)];
    const rest = random.between(0, divisor - 1);
    const problem = `What is the remainder when $${divisor * quotient + rest}$ is divided by $${divisor}$?`;
    const solution = `Since $${divisor * quotient + rest} = ${divisor} \\cdot ${quotient} + ${rest}$, the remainder is $\\boxed{${rest}}$.`;
    return { type: 'Number Theory', problem, solution };
  },
];

/** Ends each step in the texts of Math-Shepherd; in Cyrillic. */
const stepMark = 'ки';

/** Rows in the format of Math-Shepherd: a right and a wrong solution of each problem, with a label at the end of each step. */
export function mathShepherdRows(seed: number, problems: number): DataRow[] {
  const random = createRandom(seed, 'math-shepherd');
  return distinctProblems(random, problems, { steps: 2, sizes: pairSizes }).flatMap((problem, index) => {
    const right = solve(problem.start, problem.operations);
    const mistake = mistakes[index % mistakes.length] ?? 'slip';
    const wrong = mistakenSteps(random, problem, { mistake, most: pairSizes.most });
    return [right, ...(wrong ? [wrong] : [])].map((steps) => judgedSolution(problem, steps, right));
  });
}

function judgedSolution(problem: WordProblem, steps: readonly SolutionStep[], right: readonly SolutionStep[]): DataRow {
  const answer = answerOf(steps);
  const lines = steps.map(({ event, left, operator, right: operand, result }) => `${event}: ${left} ${operator} ${operand} = ${result}.`);
  const firstWrong = steps.findIndex(({ result }, index) => result !== right[index]?.result);
  const isRight = (line: number) => answer === answerOf(right) || (firstWrong >= 0 && line < firstWrong);
  const text = [...lines, `The answer is: ${answer}`].map((line, index) => ({ step: `Step ${index + 1}: ${line} `, right: isRight(index) }));
  return {
    input: `${problem.text} ${text.map(({ step }) => step + stepMark).join('\n')}`,
    label: `${problem.text} ${text.map((each) => each.step + (each.right ? '+' : '-')).join('\n')}`,
    task: 'GSM8K',
  };
}

function distinctProblems(random: Random, count: number, { steps, sizes }: { steps: number; sizes: Sizes }): WordProblem[] {
  const byText = new Map<string, WordProblem>();
  while (byText.size < count) {
    const problem = drawProblem(random, steps, sizes);
    byText.set(problem.text, problem);
  }
  return [...byText.values()];
}
