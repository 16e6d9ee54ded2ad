import { isLanguageTag } from '../languages.ts';
import { comment, readsLikeCode } from './code-lines.ts';

/** A fenced block of an answer. */
export interface Block {
  /** The word behind the opening fence, in lower case; empty where there is none. */
  tag: string;
  /** What the fence encloses, without the fence's own indentation and quote marks. */
  lines: string[];
  /** Whether a closing fence ends it. */
  closed: boolean;
  /** Numbers of its first line and of the one behind its last. */
  from: number;
  to: number;
}

/**
 * The fenced blocks of an answer, in order. A fence may follow words, share its line with code, and be part of a list or a
 * quote. A block ends at a fence of its own line or behind a line of code, whatever follows that fence; at the next
 * opening fence; or with the answer.
 */
export function fencedBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const opening = openingOf(lines[at] ?? '');
    const block = opening && blockOf(lines, at, opening);
    if (block) blocks.push(block);
    at = block ? block.to : at + 1;
  }
  return blocks;
}

interface Opening {
  /** Its run of backticks or tildes. */
  mark: string;
  tag: string;
  /** Code on the line of the fence. */
  code: string;
  /** Whether the block ends on the line of the fence. */
  whole: boolean;
  /** What precedes the fence, where that is no text: indentation, quote marks, the sign of a list item. */
  container: string;
}

function openingOf(line: string): Opening | null {
  const [, before = '', mark = '', rest = ''] = /^(.*?)(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  const alone = /^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?$/.test(before);
  if (mark === '' || /["'`\\]$/.test(before) || (!alone && mark.startsWith('~'))) return null;
  const [info = '', ...behind] = rest.split(mark);
  const { tag, code, known } = infoOf(info);
  const opening = { mark, tag, code, whole: behind.length > 0, container: alone ? before : '' };
  if (opening.whole) return code !== '' && (alone || known) ? opening : null;
  if (info.includes('`') || (code !== '' && !readsLikeCode([code]))) return null;
  return alone || known || (tag === '' && !readsLikeCode([before])) ? opening : null;
}

/** What follows an opening fence: a tag, attributes that renderers read, code on the same line. A word alone is a tag. */
function infoOf(text: string): { tag: string; code: string; known: boolean } {
  const [, word = '', rest = ''] = /^\s*(\S*)(.*)$/.exec(text) ?? [];
  const known = isLanguageTag(word);
  const code = (known ? rest : text).trim();
  const isTag = known || rest.trim() === '';
  return { tag: isTag ? word.toLowerCase() : '', code: (isTag && !known) || attributes.test(code) ? '' : code, known };
}

/** `{1,3}`, `title="a.py"`, the name of a file. */
const attributes = /^(?:(?:\{[^}]*\}|[\w-]+=(?:"[^"]*"|\S+)|[\w./-]+\.\w+)(?:\s+|$))*$/;

function blockOf(lines: readonly string[], from: number, opening: Opening): Block {
  const { tag, code, whole } = opening;
  const first = code === '' ? [] : [code];
  if (whole) return { tag, lines: first, closed: true, from, to: from + 1 };
  const unwrap = unwrapper(opening);
  const end = [3, Infinity].map((deepest) => endOf(lines, from, { opening, unwrap, deepest })).find((each) => each !== null);
  const inside = lines.slice(from + 1, end?.at).map(unwrap);
  const closed = end !== undefined && end.code !== null;
  const last = closed && end.code !== '' ? [end.code ?? ''] : [];
  return { tag, lines: [...first, ...inside, ...last], closed, from, to: end ? end.at + (closed ? 1 : 0) : lines.length };
}

/**
 * The line that ends a block, with the code before its fence; null for the code where the next block begins there. A fence
 * of its own line is at most so deep: one inside a text of the code is usually deeper than that of the block.
 */
function endOf(
  lines: readonly string[],
  from: number,
  { opening, unwrap, deepest }: { opening: Opening; unwrap: (line: string) => string; deepest: number },
): { at: number; code: string | null } | null {
  for (let at = from + 1; at < lines.length; at++) {
    const [, before = '', run = '', behind = ''] = /^(.*?)(`{3,}|~{3,})(.*)$/.exec(unwrap(lines[at] ?? '')) ?? [];
    if (run === '' || !run.startsWith(opening.mark)) continue;
    if (before.trim() !== '' && endsCode(before, run, behind)) return { at, code: before };
    if (before.trim() === '' && before.length <= deepest) return { at, code: isLanguageTag(behind) ? null : '' };
  }
  return null;
}

/** Whether a run of backticks behind code is a closing fence and no part of that code: no text in quotes, no comment. */
function endsCode(before: string, run: string, behind: string): boolean {
  if (run.startsWith('~') || /["'`\\]$/.test(before)) return false;
  const glued = /\S$/.test(before);
  return (glued || !comment.test(before)) && (behind === '' || (glued && /^[\s<]/.test(behind)));
}

/** What takes from a line the quote marks of a fence, and as much indentation as the fence has. */
function unwrapper({ container }: Opening): (line: string) => string {
  if (container === '') return (line) => line;
  const marks = container.replaceAll(/[^>]/g, '').length;
  const indent = container.slice(container.lastIndexOf('>') + 1).length - (marks > 0 ? 1 : 0);
  const quotes = marks > 0 ? new RegExp(`^(?:\\s*>){1,${marks}} ?`) : '';
  const indentation = new RegExp(`^\\s{0,${Math.max(0, indent)}}`);
  return (line) => line.replace(quotes, '').replace(indentation, '');
}
