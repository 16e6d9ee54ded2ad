import type { Mistake } from './mistake.ts';
import { answerOf } from './problem.ts';
import type { WordProblem, SolutionStep } from './problem.ts';
import type { Random } from './random.ts';

/** Lines that say nothing new, and the length of all lines. */
export interface SolutionStyle {
  /** A first line that repeats the start. */
  opening: boolean;
  /** A line before the answer that repeats the last result. */
  closing: boolean;
  /** Lines name the person. */
  wordy: boolean;
}

interface Styles {
  right: SolutionStyle;
  wrong: SolutionStyle;
}

/**
 * Both sides are written alike, so that they differ by the mistake and nothing else. Where it changes the number of
 * steps, the shorter side has one more line that says nothing new, so that both have as many lines.
 */
export function drawStyles(random: Random, mistake: Mistake): Styles {
  const style = { opening: random.coin(), closing: random.coin(), wordy: random.coin() };
  if (mistake === 'operation' || mistake === 'slip') return { right: style, wrong: style };
  const added = random.coin() ? 'opening' : 'closing';
  const [less, more] = [{ ...style, [added]: false }, { ...style, [added]: true }];
  return mistake === 'dropped' ? { right: less, wrong: more } : { right: more, wrong: less };
}

/** Numbered steps, one a line, and the answer in the last line. */
export function writeSolution({ person, thing, start }: WordProblem, steps: readonly SolutionStep[], style: SolutionStyle): string {
  const answer = answerOf(steps);
  const lines = [
    ...(style.opening ? [`starts with ${start} ${thing}.`] : []),
    ...steps.map(({ event, left, operator, right, result }) => `${event}: ${left} ${operator} ${right} = ${result}.`),
    ...(style.closing ? [`ends with ${answer} ${thing}.`] : []),
  ];
  const who = style.wordy ? `${person} ` : '';
  return [...lines.map((line, index) => `Step ${index + 1}: ${who}${line}`), `The answer is ${answer}.`].join('\n');
}
