import type { Random } from './random.ts';
import { events, people, products, things } from './words.ts';

export type Operator = '+' | '-' | '*';

export interface Operation {
  operator: Operator;
  operand: number;
  /** What happens, after the person's name, for example `buys 5`. */
  event: string;
}

/** A word problem: a number of things that changes step by step. */
export interface WordProblem {
  person: string;
  thing: string;
  start: number;
  operations: Operation[];
  text: string;
}

/** One line of arithmetic, and the event that it is said to follow from. */
export interface SolutionStep {
  event: string;
  left: number;
  operator: Operator;
  right: number;
  result: number;
}

/** Sizes of the numbers of a problem. Values between steps stay in [1, `most`]. */
export interface Sizes {
  start: number;
  operand: number;
  most: number;
}

/** Draws without a problem that fits after which there is none. */
export const patience = 20_000;

/** Draws a problem whose every value is within its sizes. */
export function drawProblem(random: Random, steps: number, sizes: Sizes): WordProblem {
  for (;;) {
    const start = random.between(2, sizes.start);
    const operations = Array.from({ length: steps }, () => drawOperation(random, sizes));
    if (isWithin(solve(start, operations), sizes.most)) return tell(random, start, operations);
  }
}

/** The steps that follow from doing the operations in turn. */
export function solve(start: number, operations: readonly Operation[]): SolutionStep[] {
  let left = start;
  return operations.map(({ event, operator, operand: right }) => {
    const step: SolutionStep = { event, left, operator, right, result: calculate(left, operator, right) };
    left = step.result;
    return step;
  });
}

export function calculate(left: number, operator: Operator, right: number): number {
  if (operator === '+') return left + right;
  return operator === '-' ? left - right : left * right;
}

export function isWithin(steps: readonly SolutionStep[], most: number): boolean {
  return steps.every(({ result }) => result >= 1 && result <= most);
}

/** The last result. */
export function answerOf(steps: readonly SolutionStep[]): number {
  const last = steps.at(-1);
  if (!last) throw new Error('a solution has at least one step');
  return last.result;
}

/** The numbers of a problem without its words, for example `12+5*3`. */
export function numbersOf({ start, operations }: WordProblem): string {
  return `${start}${operations.map(({ operator, operand }) => `${operator}${operand}`).join('')}`;
}

function drawOperation(random: Random, sizes: Sizes): Operation {
  const operator = random.pick<Operator>(['+', '+', '-', '-', '*']);
  if (operator === '*') {
    const [operand, event] = random.pick(products);
    return { operator, operand, event };
  }
  const operand = random.between(2, sizes.operand);
  return { operator, operand, event: events[operator].replace('{n}', `${operand}`) };
}

function tell(random: Random, start: number, operations: Operation[]): WordProblem {
  const [person, pronoun] = random.pick(people);
  const thing = random.pick(things);
  const sentences = operations.map(({ event }, index) => `${index === 0 ? person : `Then ${pronoun}`} ${event}.`);
  const text = `${person} has ${start} ${thing}. ${sentences.join(' ')} How many ${thing} does ${person} have now?`;
  return { person, thing, start, operations, text };
}
