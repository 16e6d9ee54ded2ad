import { scalarText } from '../../plan/index.ts';
import type { Json } from '../../plan/index.ts';

/** Columns that a mapping or list may take to stand in one line. */
const width = 110;

/**
 * A value as the text of a pipeline file: sections over several lines, what fits a line in one. Only plain ASCII words stand
 * without quotes, so that no reader takes text for anything else.
 */
export function toYaml(value: { [section: string]: Json }): string {
  const sections = Object.entries(value).map(([name, section], index) => {
    const text = entryLines(name, section, { indent: 0, isOpen: true }).join('\n');
    return index > 0 && isLong(section) ? `\n${text}` : text;
  });
  return `${sections.join('\n')}\n`;
}

interface Layout {
  indent: number;
  /** Over several lines, even where one would do. */
  isOpen?: boolean;
}

function entryLines(key: string, value: Json, { indent, isOpen = false }: Layout): string[] {
  const head = `${' '.repeat(indent)}${word(key)}:`;
  const line = `${head} ${flow(value)}`;
  if (!isLong(value) || (!isOpen && line.length <= width)) return [line];
  return [head, ...blockLines(value, indent + 2)];
}

function blockLines(value: Json, indent: number): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => itemLines(item, indent));
  return Object.entries(value ?? {}).flatMap(([key, each]) => entryLines(key, each, { indent }));
}

function itemLines(item: Json, indent: number): string[] {
  const head = `${' '.repeat(indent)}- `;
  const line = `${head}${flow(item)}`;
  if (!isLong(item) || line.length <= width) return [line];
  const [first = '', ...others] = blockLines(item, indent + 2);
  return [`${head}${first.slice(head.length)}`, ...others];
}

/** Whether it holds something: what is empty or plain has one form only. */
function isLong(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function flow(value: Json): string {
  if (typeof value === 'string') return word(value);
  if (value === null) return 'null';
  if (typeof value !== 'object') return scalarText(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  return `{${Object.entries(value).map(([key, each]) => `${word(key)}: ${flow(each)}`).join(', ')}}`;
}

function word(text: string): string {
  const isPlain = /^[A-Za-z_$/][\w$./@+-]*( [A-Za-z(][\w$./@+()-]*)*$/.test(text) && !/^(true|false|null)$/i.test(text);
  return isPlain ? text : quoted(text);
}

function quoted(text: string): string {
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g, escape);
}
