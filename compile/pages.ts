import { existsSync, readFileSync } from 'node:fs';
import { codes } from './diagnostic.ts';
import type { Code } from './diagnostic.ts';

/**
 * The page about a code, as Markdown: what it means, an example that is wrong, the same put right, and why the rule
 * exists. Null where there is no such code. The pages lie in `compile/codes/`, one file each.
 */
export function pageOf(code: string): string | null {
  const file = isCode(code) ? new URL(`codes/${code}.md`, import.meta.url) : null;
  return file && existsSync(file) ? readFileSync(file, 'utf8') : null;
}

export function isCode(text: string): text is Code {
  return Object.hasOwn(codes, text);
}

/** All pages as one document, in the order of the codes. */
export function allPages(): string {
  const pages = Object.keys(codes).map((code) => (pageOf(code) ?? '').replace(/^#/gm, '##').trim());
  return `${['# Errors and warnings', introduction, ...pages].join('\n\n')}\n`;
}

const introduction = `Every problem in a file has a code that never changes its meaning. \`codepmp explain CODE\` prints its page; this document
holds all of them. It is written from the files in \`compile/codes/\`.`;
