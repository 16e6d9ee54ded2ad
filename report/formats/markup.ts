import { escapedXml } from '../../text/index.ts';

/** HTML that is safe to insert: made by the `html` tag, or drawn by ourselves. */
export interface Markup {
  readonly markup: string;
}

type Value = Markup | string | number | null | readonly Value[];

/** Template tag: every value that is no Markup is escaped, for element content and quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Markup {
  return { markup: strings.map((part, index) => part + (index < values.length ? insert(values[index] ?? null) : '')).join('') };
}

/** For markup that was not made by the tag: the drawings of our own figures. */
export function trusted(markup: string): Markup {
  return { markup };
}

function insert(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapedXml(`${value}`);
  return 'markup' in value ? value.markup : value.map(insert).join('');
}
