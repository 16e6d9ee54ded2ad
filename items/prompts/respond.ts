import type { ModelInput, PromptTemplate } from '../../plan/index.ts';
import { judgeAnswer } from './answer.ts';
import type { GivenAnswer, Status } from './answer.ts';
import { extractCode, tidyCode } from './extract.ts';
import type { ExtractedCode } from './extract.ts';
import { templateInput } from './template.ts';

/** What is sent to have a description answered: the same for every model, but for the description. */
export function responseInput(template: PromptTemplate, prompt: { prompt: string; language: string }): ModelInput {
  return templateInput(template, { description: prompt.prompt, language: prompt.language });
}

/** The code in an answer, with the tag of its fence, or all of the answer as the code; `text` is all that was said. */
export function responseOf(
  answer: GivenAnswer,
  accept: string[],
  extract: PromptTemplate['extract'],
): { status: Status; text: string } & Partial<ExtractedCode> {
  const { text } = answer;
  const judged = judgeAnswer(answer, accept);
  if (judged.status !== 'ok') return { status: judged.status, text };
  const extracted = extract === 'text' ? { code: tidyCode(judged.text), tag: null } : extractCode(judged.text);
  return extracted.code === '' ? { status: 'no-code', text } : { status: 'ok', text, ...extracted };
}
