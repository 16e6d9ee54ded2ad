import { statusOf } from './answer.ts';
import type { GivenAnswer, Status } from './answer.ts';
import { extractCode } from './extract.ts';
import { fillTemplate } from './template.ts';
import type { Message } from './template.ts';

/** What is sent to have a description answered: the same for every model, but for the description. */
export function responseMessages(template: string, prompt: { prompt: string; language: string }): Message[] {
  return fillTemplate(template, { description: prompt.prompt, language: prompt.language });
}

/** The code in an answer. */
export function responseOf(answer: GivenAnswer, accept: string[]): { status: Status; text: string; code?: string } {
  const { text } = answer;
  const status = statusOf(answer, accept);
  if (status !== 'ok') return { status, text };
  const code = extractCode(text);
  return code === '' ? { status: 'no-code', text } : { status, text, code };
}
