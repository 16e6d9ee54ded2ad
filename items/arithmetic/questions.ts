import { answerOf, drawProblem, numbersOf, patience, solve } from './problem.ts';
import type { WordProblem, Sizes } from './problem.ts';
import type { Random } from './random.ts';
import { writeSolution } from './solution.ts';

interface ArithmeticQuestion {
  problem: WordProblem;
  gold: number;
  /** What the solver is sent: worked examples and the question. */
  prompt: string;
}

/** So small that a language model of 135 million parameters is right in about one of three answers. */
const questionSizes: Sizes = { start: 9, operand: 9, most: 27 };

/** Worked for the solver in every prompt; none of them is asked. */
const examples: WordProblem[] = [
  {
    person: 'Kim',
    thing: 'pears',
    start: 5,
    operations: [{ operator: '+', operand: 3, event: 'buys 3' }],
    text: 'Kim has 5 pears. Kim buys 3. How many pears does Kim have now?',
  },
  {
    person: 'Joe',
    thing: 'bags',
    start: 7,
    operations: [{ operator: '-', operand: 2, event: 'sells 2' }],
    text: 'Joe has 7 bags. Joe sells 2. How many bags does Joe have now?',
  },
  {
    person: 'Una',
    thing: 'rings',
    start: 4,
    operations: [{ operator: '*', operand: 2, event: 'doubles them' }],
    text: 'Una has 4 rings. Una doubles them. How many rings does Una have now?',
  },
];

/** Endless problems of one step, no text twice. A RangeError says that there are no more. */
export function* drawQuestions(random: Random): Generator<ArithmeticQuestion, never> {
  const seen = new Set<string>();
  const shown = new Set(examples.map(numbersOf));
  for (;;) {
    const problem = findProblem(random, (each) => !seen.has(each.text) && !shown.has(numbersOf(each)));
    seen.add(problem.text);
    yield { problem, gold: answerOf(solve(problem.start, problem.operations)), prompt: promptOf(problem) };
  }
}

function findProblem(random: Random, isWanted: (problem: WordProblem) => boolean): WordProblem {
  for (let tries = 0; tries < patience; tries++) {
    const problem = drawProblem(random, 1, questionSizes);
    if (isWanted(problem)) return problem;
  }
  throw new RangeError(`no new word problem was found in ${patience} draws: ask for fewer questions`);
}

/** Questions end at a blank line, which is the stop string of a solver. */
function promptOf(problem: WordProblem): string {
  const worked = examples.map((example) => {
    const solution = writeSolution(example, solve(example.start, example.operations), { opening: false, closing: false, wordy: false });
    return `Question: ${example.text}\nAnswer:\n${solution}\n\n`;
  });
  return `${worked.join('')}Question: ${problem.text}\nAnswer:`;
}
