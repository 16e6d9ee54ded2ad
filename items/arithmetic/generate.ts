import { promptFormats } from '../datasets/formats.ts';
import { digestOfText, pairRow } from '../datasets/rows.ts';
import type { ChoiceRow, QuestionRow } from '../datasets/rows.ts';
import { drawChoices } from './choices.ts';
import type { ChoiceQuestion } from './choices.ts';
import { drawPairs } from './pairs.ts';
import type { SolvedPair } from './pairs.ts';
import { numbersOf } from './problem.ts';
import type { WordProblem } from './problem.ts';
import { drawQuestions } from './questions.ts';
import { createRandom, spread } from './random.ts';
import type { ArithmeticPair } from './rows.ts';

/** How many rows of each output; the seed decides all of them. */
interface ArithmeticSettings {
  train: number;
  test: number;
  choices: number;
  questions: number;
  seed: number;
}

interface Arithmetic {
  train: ArithmeticPair[];
  test: ArithmeticPair[];
  choices: ChoiceRow[];
  questions: QuestionRow[];
}

/**
 * Word problems with right and plausibly wrong solutions, right by construction. An output depends on the seed and its
 * own size alone, and a larger one begins with a smaller one. Outputs share no problem, neither by text nor by numbers:
 * each has its own part of the problems of two and three steps, and questions have one step. Throws a RangeError where
 * more is asked for than there are problems.
 */
export function generateArithmetic({ train, test, choices, questions, seed }: ArithmeticSettings): Arithmetic {
  const draw = (part: Part) => [createRandom(seed, part), (problem: WordProblem) => partOf(problem) === part] as const;
  return {
    train: take(drawPairs(...draw('train')), train).map(arithmeticPair),
    test: take(drawPairs(...draw('test')), test).map(arithmeticPair),
    choices: take(drawChoices(...draw('choices')), choices).map(choiceRow),
    questions: take(drawQuestions(createRandom(seed, 'questions')), questions).map(({ problem, prompt, gold }, question) => ({
      question,
      prompt,
      text: problem.text,
      gold: `${gold}`,
      rm_prompt: promptFormats['question-answer'](problem.text),
    })),
  };
}

type Part = 'train' | 'test' | 'choices';

/** The output that a problem's numbers belong to, whatever its words. */
function partOf(problem: WordProblem): Part {
  const bucket = spread(numbersOf(problem)) % 4;
  if (bucket < 2) return 'train';
  return bucket === 2 ? 'test' : 'choices';
}

function take<T>(items: Iterator<T, never>, count: number): T[] {
  return Array.from({ length: count }, () => items.next().value);
}

function arithmeticPair({ problem, mistake, right, wrong }: SolvedPair): ArithmeticPair {
  const prompt = promptFormats['question-answer'](problem.text);
  const texts = { prompt, chosen: right, rejected: wrong, origin: digestOfText(problem.text) };
  return { ...pairRow(texts), kind: mistake };
}

function choiceRow({ problem, options, label }: ChoiceQuestion, question: number): ChoiceRow {
  return { question, prompt: promptFormats['question-answer'](problem.text), options, label, passage: '' };
}
