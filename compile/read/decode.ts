import type { Problem } from '../diagnostics/diagnostic.ts';
import { limits } from './limits.ts';

/** Decodes a file as text: strict UTF-8 without control characters; a byte order mark is removed. */
export function decode(source: Uint8Array | string): { text: string; problem: Problem | null } {
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
  if (bytes.length > limits.bytes) return { text: '', problem: fileTooLarge() };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { text, problem: tooManyLines(text) ?? controlCharacter(text) };
  } catch {
    return notUtf8(bytes);
  }
}

function fileTooLarge(): Problem {
  const message = 'the file is too large';
  return { code: 'E0101', at: null, message, expected: `at most ${limits.bytes / 1024} KiB`, hint: 'is it the right file?' };
}

function tooManyLines(text: string): Problem | null {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  if (lines <= limits.lines) return null;
  const message = 'the file has too many lines';
  return {
    code: 'E0101',
    at: null,
    message,
    expected: `at most ${limits.lines.toLocaleString('en')} lines`,
    got: `${lines.toLocaleString('en')} lines`,
    hint: 'is it the right file?',
  };
}

/** A file that is mostly text is shown, with a mark at the first place that cannot be read. */
function notUtf8(bytes: Uint8Array): { text: string; problem: Problem } {
  const readable = new TextDecoder().decode(bytes.subarray(0, firstInvalid(bytes)));
  const text = new TextDecoder().decode(bytes);
  const isMostlyText = text.split('\uFFFD', unreadable + 1).length <= unreadable;
  const problem: Problem = {
    code: 'E0102',
    at: isMostlyText ? { start: readable.length, end: readable.length + 1 } : null,
    message: `the file is not UTF-8 text (first seen on line ${readable.split('\n').length})`,
    expected: 'UTF-8',
    hint: 'save it as UTF-8',
  };
  return { text: isMostlyText ? text : '', problem };
}

/** A text with more unreadable places than this is not treated as text. */
const unreadable = 20;

/** Offset of the first byte that is not valid UTF-8. */
function firstInvalid(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (isValid(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Whether bytes are valid UTF-8; a character may be cut off at the end. */
function isValid(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Tab and line ends are the only control characters of a text; a carriage return only before a line feed. */
function controlCharacter(text: string): Problem | null {
  const found = /(?![\t\n\r])\p{Cc}|[\uFEFF\uFFFE\uFFFF]|\r(?!\n)/u.exec(text);
  if (!found) return null;
  const code = found[0].codePointAt(0) ?? 0;
  const got = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const at = { start: found.index, end: found.index + 1 };
  return {
    code: 'E0102',
    at,
    message: 'a control character',
    expected: 'printable text',
    got,
    hint: 'delete it, or save the file as plain text again',
  };
}
