import { promptFormats } from './formats.ts';
import type { QuestionRow } from './rows.ts';

/** A problem with the answer that solutions are graded by, as it was published. */
export interface AnsweredProblem {
  text: string;
  gold: string;
}

/** Questions for a solver, numbered in their order. */
export function questionRows(problems: readonly AnsweredProblem[]): QuestionRow[] {
  return problems.map(({ text, gold }, question) => ({
    question,
    prompt: text,
    text,
    gold,
    rm_prompt: promptFormats['question-answer'](text),
  }));
}
