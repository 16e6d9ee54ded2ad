import type { PromptTemplate } from '../../plan/index.ts';
import { judgeAnswer } from './answer.ts';
import type { GivenAnswer, Status } from './answer.ts';
import { fillTemplate } from './template.ts';
import type { Message } from './template.ts';

/** A solution to judge, with what it was asked and the known answer. */
interface SolutionToJudge {
  rm_prompt: string;
  gold: string;
  text: string;
}

/** What is sent to have a solution judged. */
export function judgeMessages(template: PromptTemplate, { rm_prompt, gold, text }: SolutionToJudge): Message[] {
  return fillTemplate(template, { problem: rm_prompt.trim(), gold, solution: text.trim() });
}

/** The opinion in an answer: its first word, yes or no, whatever marks are around it. Null where it begins otherwise. */
export function opinionOf(answer: GivenAnswer, accept: string[]): { status: Status; judged: 'right' | 'wrong' | null } {
  const { status, text } = judgeAnswer(answer, accept);
  if (status !== 'ok') return { status, judged: null };
  const [, word] = /^\W*(yes|no)\b/i.exec(text) ?? [];
  if (word === undefined) return { status: 'no-opinion', judged: null };
  return { status, judged: word.toLowerCase() === 'yes' ? 'right' : 'wrong' };
}
