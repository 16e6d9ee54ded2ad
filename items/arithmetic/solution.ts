import { answerOf } from './problem.ts';
import type { Problem, Step } from './problem.ts';
import type { Random } from './random.ts';

/**
 * Ways to write the same solution shorter or longer. Both sides of a pair draw theirs, so that length and number of
 * lines can be kept from telling the sides apart.
 */
export interface Style {
  /** A first line that repeats the start. */
  opening: boolean;
  /** A line before the answer that repeats the last result. */
  closing: boolean;
  /** Steps name the person. */
  wordy: boolean;
}

export function drawStyle(random: Random): Style {
  return { opening: random.coin(), closing: random.coin(), wordy: random.coin() };
}

/** Numbered steps, one a line, and the answer in the last line. */
export function writeSolution({ person, thing, start }: Problem, steps: readonly Step[], style: Style): string {
  const answer = answerOf(steps);
  const lines = [
    ...(style.opening ? [`${person} starts with ${start} ${thing}.`] : []),
    ...steps.map(({ event, left, operator, right, result }) => {
      const equation = `${event}: ${left} ${operator} ${right} = ${result}`;
      return style.wordy ? `${person} ${equation} ${thing}.` : `${equation}.`;
    }),
    ...(style.closing ? [`${person} ends with ${answer} ${thing}.`] : []),
  ];
  return [...lines.map((line, index) => `Step ${index + 1}: ${line}`), `The answer is ${answer}.`].join('\n');
}
