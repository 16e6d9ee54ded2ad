import type { ModelInput, PromptTemplate } from '../../plan/index.ts';
import { judgeAnswer } from './answer.ts';
import type { GivenAnswer, Status } from './answer.ts';
import { readsLikeCode } from './code-lines.ts';
import { templateInput } from './template.ts';

interface SummarySettings {
  cut: 'sentence' | 'none';
  words: { min: number; max: number | null };
}

/** What is sent to have a file described. */
export function summaryInput(template: PromptTemplate, file: { text: string; language: string }): ModelInput {
  return templateInput(template, { code: file.text.trim(), language: file.language });
}

/**
 * The description in an answer. A text that stopped at its length is cut to its last whole sentence where the settings
 * say so: it is then a shorter description, never a truncated one taken as whole.
 */
export function summaryOf(answer: GivenAnswer, accept: string[], { cut, words }: SummarySettings): { status: Status; prompt?: string } {
  const judged = judgeAnswer(answer, accept);
  if (judged.status !== 'ok') return { status: judged.status };
  const text = judged.text.trim();
  const prompt = answer.finish_reason === 'length' && cut === 'sentence' ? wholeSentences(text) : text;
  if (prompt === '') return { status: 'truncated' };
  if (holdsCode(prompt)) return { status: 'holds-code' };
  const count = prompt.split(/\s+/).length;
  if (count < words.min) return { status: 'too-short' };
  if (words.max !== null && count > words.max) return { status: 'too-long' };
  return { status: 'ok', prompt };
}

/** Headings, items of lists, quotes, rows of tables, bold labels. */
const markup = /^\s*(?:#{1,6}\s|[-*+•]\s|\d+[.)]\s|[>|]|\*\*)/;

/** Whether a description is code in part or as a whole. Its layout, Markdown or an outline, makes no code of it. */
function holdsCode(prompt: string): boolean {
  const lines = prompt.split('\n').filter((line) => !markup.test(line));
  return /`{3}|~{3}/.test(prompt) || readsLikeCode(lines.map((line) => line.trim()));
}

/** The text up to the end of its last sentence; empty where no sentence ends. */
function wholeSentences(text: string): string {
  const ends = [...text.matchAll(/[.!?]["')\]]*(?=\s|$)/g)];
  const last = ends.at(-1);
  return last ? text.slice(0, last.index + last[0].length) : '';
}
