/** A message of a request. */
export interface Message {
  role: 'system' | 'user';
  content: string;
}

/** What stands in a generation key for a step whose items are the messages themselves. */
export const withoutTemplate = 'the question is the message';

/**
 * The messages of a template: its first paragraph is the system message, the rest the user's; `{name}` is replaced by the
 * value of that name, once and not inside what was put in.
 */
export function fillTemplate(template: string, values: { [name: string]: string }): Message[] {
  const [system = '', ...rest] = template.trim().split('\n\n');
  return [
    { role: 'system', content: fillText(system, values) },
    { role: 'user', content: fillText(rest.join('\n\n'), values) },
  ];
}

/** A text with values in place of their names in braces; other braces stay. */
export function fillText(text: string, values: { [name: string]: string }): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? whole) : whole));
}
