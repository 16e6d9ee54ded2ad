import { promptFormats } from './formats.ts';
import { digestOfText, pairRow, type ChoiceRow, type DataPair, type QuestionRow } from './rows.ts';

/** A question on a passage. */
export interface PassageQuestion {
  passage: string;
  question: string;
  /** Answers to choose from, as a reward model sees them. */
  options: string[];
  /** Index of the right option. */
  label: number;
}

/** The index of the right option, if there is one. */
export function labelOf(value: unknown, options: readonly string[]): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < options.length ? value : undefined;
}

/** The right option of a question against each wrong one. An option that repeats the right one makes no pair. */
export function optionPairs(question: PassageQuestion): DataPair[] {
  const { options, label } = question;
  const chosen = options[label] ?? '';
  return options.flatMap((rejected, index) =>
    index === label || rejected === chosen ? [] : [pairRow({ prompt: promptOfChoice(question), chosen, rejected })],
  );
}

/** A question with all its options. */
export function choiceRow(given: PassageQuestion, question: number): ChoiceRow {
  const { options, label, passage } = given;
  return { question, prompt: promptOfChoice(given), options, label, passage: digestOfText(passage) };
}

const letters = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];

/** Questions for a solver, who sees the options and answers with a letter. */
export function letterQuestions(questions: readonly PassageQuestion[]): QuestionRow[] {
  return questions.map(({ passage, question: asked, options, label }, question) => {
    const text = [asked, ...options.map((option, index) => `${letters[index]}. ${option}`)].join('\n');
    return {
      question,
      prompt: `Passage: ${passage}\n\nQuestion: ${text}\n\nReason step by step. End with "The answer is:" and the letter of the right option.`,
      text,
      gold: letters[label] ?? '',
      rm_prompt: promptFormats['passage-question-answer'](passage, text),
    };
  });
}

/** A question on its passage as a reward model sees it. */
export function promptOfChoice({ passage, question }: PassageQuestion): string {
  return promptFormats['passage-question-answer'](passage, question);
}
