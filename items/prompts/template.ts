import { variablePattern, type ModelInput, type PromptTemplate } from '../../plan/index.ts';

/** A message of a request. */
export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** What stands in a generation key for a step whose items are the messages themselves. */
export const withoutTemplate = 'the question is the message';

/**
 * What a template sends. One in a text file is sent as it is, but for its last line end, for the model to go on with; one in Markdown
 * is a chat, in which its examples come before the item.
 */
export function templateInput({ file, body, examples }: PromptTemplate, values: TemplateValues): ModelInput {
  if (file?.endsWith('.txt')) return { prompt: fillText(body.replace(/\r?\n$/, ''), values) };
  const messages = fillTemplate(body, values);
  const turns = examples.flatMap(({ answer = '', ...example }): Message[] => [
    ...fillTemplate(body, example).filter(({ role }) => role === 'user'),
    { role: 'assistant', content: answer },
  ]);
  return { messages: [...messages.slice(0, -1), ...turns, ...messages.slice(-1)] };
}

/** What is put in place of each variable. */
interface TemplateValues {
  [variable: string]: string;
}

/**
 * The messages of a template: its first paragraph is the system message, the rest the user's, and one paragraph alone the user's.
 * Variables are replaced once, and not inside what was put in.
 */
export function fillTemplate(template: string, values: TemplateValues): Message[] {
  const [system = '', ...rest] = template.trim().split('\n\n');
  if (rest.length === 0) return [{ role: 'user', content: fillText(system, values) }];
  return [
    { role: 'system', content: fillText(system, values) },
    { role: 'user', content: fillText(rest.join('\n\n'), values) },
  ];
}

/** A text with values in place of variables; `{{name}}` becomes `{name}`, and other braces stay. */
function fillText(text: string, values: TemplateValues): string {
  return text.replaceAll(variablePattern, (whole, literal: string | undefined, name: string) =>
    literal === undefined ? (Object.hasOwn(values, name) ? (values[name] ?? whole) : whole) : `{${literal}}`,
  );
}
