import { isLanguageTag } from '../languages.ts';
import { readsLikeCode } from './code-lines.ts';
import { fencedBlocks } from './fences.ts';
import type { Block } from './fences.ts';

/** Blocks that are taken only where there is no other: commands, output, text around other blocks. */
const besides = new Set([
  'bash',
  'console',
  'markdown',
  'md',
  'output',
  'plaintext',
  'powershell',
  'sh',
  'shell',
  'terminal',
  'text',
  'txt',
  'zsh',
]);

/** The code of an answer; `tag` is the word behind the fence that it was in, empty where there is none and null without a fence. */
export interface ExtractedCode {
  code: string;
  tag: string | null;
}

/**
 * The code of an answer, for every model alike, so that habits of markup do not tell the sides of a pair apart. Of several
 * fenced blocks it is the first that holds anything; one whose tag says that it is shell, Markdown or plain text is taken
 * only where there is no other. A block that no fence closes goes to the end. Without a fence, or with a closing one alone,
 * the answer itself is taken where it reads like code. Lines keep their indentation within the block; blank lines around
 * the code and spaces at line ends are taken off. The result is empty where there is no code.
 */
export function extractCode(text: string): ExtractedCode {
  const lines = fencedByTags(unixLines(text)).split('\n');
  const blocks = fencedBlocks(lines).filter((block) => block.lines.some((line) => line.trim() !== ''));
  const block = blocks.find(({ tag }) => !besides.has(tag)) ?? blocks[0];
  if (!block || followsCode(block, lines)) return { code: codeBeforeFence(lines), tag: null };
  const code = tidyCode(block.lines.join('\n'));
  return /^\s*(?:`{3}|~{3})/.test(code) ? extractCode(code) : { code, tag: block.tag };
}

/** Code without blank lines around it and without spaces at line ends. */
export function tidyCode(code: string): string {
  return unixLines(code)
    .replaceAll(/(?<![ \t])[ \t]+$/gm, '')
    .replace(/^\n+/, '')
    .trimEnd();
}

function unixLines(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n');
}

/** `[PYTHON]` and `[/PYTHON]`, which one family of models writes, as fences. */
function fencedByTags(text: string): string {
  const tagged = /^[ \t]*\[([A-Z][A-Z0-9+#]+)\][ \t]*\n([\s\S]*?)\n?[ \t]*\[\/\1\]/gm;
  return text.replaceAll(tagged, (whole, tag: string, inside: string) => (isLanguageTag(tag) ? `\`\`\`${tag}\n${inside}\n\`\`\`` : whole));
}

/** Whether the fence that seems to open a block closes the code before it, which the prompt or nothing has opened. */
function followsCode({ closed, tag, from, lines: inside }: Block, lines: readonly string[]): boolean {
  return !closed && tag === '' && readsLikeCode(lines.slice(0, from)) && !readsLikeCode(inside);
}

function codeBeforeFence(lines: readonly string[]): string {
  const [before = ''] = lines.join('\n').split(/(?:`{3}|^\s*~{3})/m);
  return readsLikeCode(before.split('\n')) ? tidyCode(before) : '';
}
