import type { ModelInput } from '../../plan/index.ts';
import { fillTemplate, fillText } from './template.ts';

/** A question as a data set has it: `prompt` is what it is asked with where there is no template. */
interface AskedQuestion {
  prompt: string;
  text: string;
}

/**
 * What is sent to have a question answered. A template in a text file is sent as it is, but for its last line end, for the model
 * to go on with; one in Markdown is a chat.
 */
export function questionInput(template: { file: string | null; text: string }, { prompt, text }: AskedQuestion): ModelInput {
  const values = { question: text.trim() };
  if (template.file === null) return { messages: [{ role: 'user', content: prompt }] };
  if (template.file.endsWith('.md')) return { messages: fillTemplate(template.text, values) };
  return { prompt: fillText(template.text.replace(/\r?\n$/, ''), values) };
}
