import { textsOf, type DataRow } from './fields.ts';
import { promptFormats } from './formats.ts';
import type { JudgedSolution } from './solutions.ts';


/** Ends each step in the published texts; in Cyrillic. */
const stepMark = 'ки';

/** Takes its place, so that text and labels have the same length. */
const oneCharacter = '\u0000';

/**
 * A solution with the verdict on its last step. Text and labels are the same but for the marks, each of which has `+` or `-` in its place.
 * Marks before the first step belong to no step. Steps keep their numbers, lines and calculator notes.
 */
export function readMathShepherd(row: DataRow): JudgedSolution | string {
  const texts = textsOf(row, ['input', 'label', 'task']);
  if (typeof texts === 'string') return texts;
  const { task, label } = texts;
  const input = texts.input.replaceAll(stepMark, oneCharacter);
  const labels = labelsOf(input, label);
  if (typeof labels === 'string') return labels;
  const start = firstStep(input);
  const solution = start < 0 ? '' : withoutMarks(input.slice(start));
  const question = withoutMarks(input.slice(0, Math.max(start, 0)));
  const prompt = promptFormats['question-answer'](question);
  return question && solution ? { prompt, text: solution, right: labels.at(-1) === '+', kind: task } : 'no-first-step';
}

function labelsOf(input: string, label: string): string[] | string {
  if (!input.includes(oneCharacter)) return 'no-step-mark';
  if (input.length !== label.length) return 'labels-out-of-step';
  const labels: string[] = [];
  for (let at = input.indexOf(oneCharacter); at >= 0; at = input.indexOf(oneCharacter, at + 1)) labels.push(label.charAt(at));
  return labels.every((each) => each === '+' || each === '-') ? labels : 'labels-out-of-step';
}

/** Where the first step begins: at `Step 1:` after a space, else behind the last question mark before the first label; -1: nowhere. */
function firstStep(input: string): number {
  const named = /(?<=\s)step 1:/i.exec(input)?.index;
  if (named !== undefined) return named;
  return input.lastIndexOf('?', input.indexOf(oneCharacter)) + 1 || -1;
}

function withoutMarks(text: string): string {
  return text.replaceAll(` ${oneCharacter}`, '').replaceAll(oneCharacter, '').trim();
}
