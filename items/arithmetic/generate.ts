import { digestOf } from '../../plan/keys.ts';
import { drawChoices } from './choices.ts';
import type { ChoiceQuestion } from './choices.ts';
import { drawPairs } from './pairs.ts';
import type { SolvedPair } from './pairs.ts';
import { numbersOf } from './problem.ts';
import type { WordProblem } from './problem.ts';
import { drawQuestions } from './questions.ts';
import { createRandom, spread } from './random.ts';
import type { ArithmeticPair, ChoiceRow, QuestionRow } from './rows.ts';

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
    train: take(drawPairs(...draw('train')), train).map(pairRow),
    test: take(drawPairs(...draw('test')), test).map(pairRow),
    choices: take(drawChoices(...draw('choices')), choices).map(choiceRow),
    questions: take(drawQuestions(createRandom(seed, 'questions')), questions).map(({ problem, prompt, gold }, question) => ({
      question,
      prompt,
      text: problem.text,
      gold: `${gold}`,
      rm_prompt: renderQuestion(problem.text),
    })),
  };
}

/** A question as a reward model sees it: the format `question-answer`. */
function renderQuestion(text: string): string {
  return `Question: ${text}\n\nAnswer:\n`;
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

function pairRow({ problem, mistake, right, wrong }: SolvedPair): ArithmeticPair {
  return {
    prompt: renderQuestion(problem.text),
    chosen: right,
    rejected: wrong,
    language: 'English',
    chosen_tokens: null,
    rejected_tokens: null,
    origin: digestOf(new TextEncoder().encode(problem.text)),
    ordinal: 0,
    repository: '',
    path: '',
    commit: '',
    licence: '',
    generation_keys: '[]',
    kind: mistake,
    level: '',
  };
}

function choiceRow({ problem, options, label }: ChoiceQuestion, question: number): ChoiceRow {
  return { question, prompt: renderQuestion(problem.text), options, label, passage: '' };
}
