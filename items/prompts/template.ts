import type { ModelInput } from '../../plan/index.ts';

/** A prompt template: its text, and the file that says what it is; null where the item itself is the message. */
export interface PromptTemplate {
  file: string | null;
  text: string;
}

/** A message of a request. */
export interface Message {
  role: 'system' | 'user';
  content: string;
}

/** What stands in a generation key for a step whose items are the messages themselves. */
export const withoutTemplate = 'the question is the message';

/**
 * What a template sends. One in a text file is sent as it is, but for its last line end, for the model to go on with; one in Markdown
 * is a chat.
 */
export function templateInput({ file, text }: PromptTemplate, values: { [name: string]: string }): ModelInput {
  return file?.endsWith('.txt') ? { prompt: fillText(text.replace(/\r?\n$/, ''), values) } : { messages: fillTemplate(text, values) };
}

/**
 * The messages of a template: its first paragraph is the system message, the rest the user's, and one paragraph alone the user's;
 * `{name}` is replaced by the value of that name, once and not inside what was put in.
 */
export function fillTemplate(template: string, values: { [name: string]: string }): Message[] {
  const [system = '', ...rest] = template.trim().split('\n\n');
  if (rest.length === 0) return [{ role: 'user', content: fillText(system, values) }];
  return [
    { role: 'system', content: fillText(system, values) },
    { role: 'user', content: fillText(rest.join('\n\n'), values) },
  ];
}

/** A text with values in place of their names in braces; other braces stay. */
export function fillText(text: string, values: { [name: string]: string }): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? whole) : whole));
}
