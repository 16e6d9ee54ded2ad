import { statusOf } from './answer.ts';
import type { GivenAnswer, Status } from './answer.ts';
import { readsLikeCode } from './extract.ts';
import { fillTemplate } from './template.ts';
import type { Message } from './template.ts';

export interface SummarySettings {
  cut: 'sentence' | 'none';
  words: { min: number; max: number | null };
}

/** What is sent to have a file described. */
export function summaryMessages(template: string, file: { text: string; language: string }): Message[] {
  return fillTemplate(template, { code: file.text.trim(), language: file.language });
}

/**
 * The description in an answer. A text that stopped at its length is cut to its last whole sentence where the settings
 * say so: it is then a shorter description, never a truncated one taken as whole.
 */
export function summaryOf(answer: GivenAnswer, accept: string[], { cut, words }: SummarySettings): { status: Status; prompt?: string } {
  const status = statusOf(answer, accept);
  if (status !== 'ok') return { status };
  const text = answer.text.trim();
  const prompt = answer.finish_reason === 'length' && cut === 'sentence' ? wholeSentences(text) : text;
  if (prompt === '') return { status: 'truncated' };
  if (prompt.includes('```') || readsLikeCode(prompt.split('\n'))) return { status: 'holds-code' };
  const count = prompt.split(/\s+/).length;
  if (count < words.min) return { status: 'too-short' };
  if (words.max !== null && count > words.max) return { status: 'too-long' };
  return { status: 'ok', prompt };
}

/** The text up to the end of its last sentence; empty where no sentence ends. */
function wholeSentences(text: string): string {
  const ends = [...text.matchAll(/[.!?]["')\]]*(?=\s|$)/g)];
  const last = ends.at(-1);
  return last ? text.slice(0, last.index + last[0].length) : '';
}
