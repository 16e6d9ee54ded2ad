import { existsSync, readFileSync } from 'node:fs';
import { codes, type Code } from './diagnostic.ts';

/**
 * The page about a code, as Markdown: what it means, an example that causes it, the corrected example, and why the rule exists. Null
 * if there is no such code. The pages are in `docs/errors/`, one file each.
 */
export function pageOf(code: string): string | null {
  const file = isCode(code) ? new URL(`../../docs/errors/${code}.md`, import.meta.url) : null;
  return file && existsSync(file) ? readFileSync(file, 'utf8') : null;
}

export function isCode(text: string): text is Code {
  return Object.hasOwn(codes, text);
}

/** The contents of `docs/errors.md`: a line for each code, with a link to its page. */
export function indexOfPages(): string {
  const lines = Object.entries(codes).map(([code, title]) => `- [${code}](errors/${code}.md): ${title}`);
  return `# Errors and warnings\n\n${introduction}\n\n${lines.join('\n')}\n`;
}

const introduction = `Every problem in a file has a code, and the meaning of a code never changes. \`codepmp explain CODE\` prints its page: what
the code means, an example that causes it, the corrected example, and the reason for the rule.`;
