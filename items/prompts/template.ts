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
export function templateInput(template: PromptTemplate, values: TemplateValues): ModelInput {
  const { file, body, examples } = template;
  if (file?.endsWith('.txt')) return { prompt: fillText(body.replace(/\n$/, ''), values) };
  const messages = fillTemplate(template, values);
  const turns = examples.flatMap(({ answer = '', ...example }): Message[] => [
    ...fillTemplate(template, example).filter(({ role }) => role === 'user'),
    { role: 'assistant', content: answer },
  ]);
  return { messages: [...messages.slice(0, -1), ...turns, ...messages.slice(-1)] };
}

/** What is put in place of each variable. */
interface TemplateValues {
  [variable: string]: string;
}

/**
 * The messages of a template. Where it names no system message, its first paragraph is that, the rest the user's, and one paragraph
 * alone the user's. Variables are replaced once, and not inside what was put in.
 */
export function fillTemplate(template: Pick<PromptTemplate, 'body' | 'system'>, values: TemplateValues): Message[] {
  const { system, user } = textsOf(template);
  const said: Message = { role: 'user', content: fillText(user, values) };
  return system === '' ? [said] : [{ role: 'system', content: fillText(system, values) }, said];
}

function textsOf({ body, system }: Pick<PromptTemplate, 'body' | 'system'>): { system: string; user: string } {
  if (system !== undefined) return { system: system.trim(), user: body.trim() };
  const [first = '', ...rest] = body.trim().split('\n\n');
  return rest.length === 0 ? { system: '', user: first } : { system: first, user: rest.join('\n\n') };
}

/** A text with values in place of variables; `{{name}}` becomes `{name}`, and other braces stay. */
function fillText(text: string, values: TemplateValues): string {
  return text.replaceAll(variablePattern, (whole, literal: string | undefined, name: string) =>
    literal === undefined ? (Object.hasOwn(values, name) ? (values[name] ?? whole) : whole) : `{${literal}}`,
  );
}
