import type { ModelInput, PromptTemplate } from '../../plan/index.ts';
import { templateInput } from './template.ts';

/** A question as a data set has it: `prompt` is what it is asked with where there is no template. */
interface AskedQuestion {
  prompt: string;
  text: string;
}

/** What is sent to have a question answered. */
export function questionInput(template: PromptTemplate, { prompt, text }: AskedQuestion): ModelInput {
  if (template.file === null) return { messages: [{ role: 'user', content: prompt }] };
  return templateInput(template, { question: text.trim() });
}
