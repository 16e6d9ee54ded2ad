import { codeFrameColumns } from '@babel/code-frame';
import pc from 'picocolors';
import type { Diagnostic } from './diagnostic.ts';

/** Columns of a line that a frame shows. */
const width = 160;

/**
 * A diagnostic as people read it. Begins with `FILE:line:column: error[CODE]: message`, then what was expected and what
 * came, then the lines around it.
 */
export function renderDiagnostic(diagnostic: Diagnostic, source: string, { color = false } = {}): string {
  const { file, line, column, severity, code, message, expected, got, hint, related = [] } = diagnostic;
  const paint = pc.createColors(color);
  const level = (severity === 'error' ? paint.red : paint.yellow)(`${severity}[${code}]`);
  const lines = [`${paint.bold(`${plain(file)}:${line}:${column}`)}: ${level}: ${paint.bold(plain(message))}`];
  if (expected !== undefined) lines.push(`  expected: ${plain(expected)}`);
  if (got !== undefined) lines.push(`  got:      ${plain(got)}`);
  if (hint !== undefined) lines.push(`  ${paint.cyan('hint:')}     ${plain(hint)}`);
  for (const each of related) lines.push(`  ${plain(file)}:${each.line}:${each.column}: ${plain(each.message)}`);
  const frame = frameOf(diagnostic, source);
  return (frame === '' ? lines : [...lines, '', frame]).join('\n');
}

/** The library counts columns from 0. */
function frameOf({ line, column, endColumn }: Diagnostic, source: string): string {
  if (source.trim() === '') return '';
  const first = Math.max(1, line - 2);
  const shift = Math.max(0, column - width / 2);
  const shown = source
    .split('\n', line + 2)
    .slice(first - 1)
    .map((text) => plain(text.replace(/\r$/, '').slice(shift, shift + width)).trimEnd());
  const end = endColumn === undefined ? {} : { end: { line, column: Math.min(endColumn - shift, width + 1) - 1 } };
  const location = { start: { line, column: column - shift - 1 }, ...end };
  const lines = [...Array<string>(first - 1).fill(''), ...shown];
  return codeFrameColumns(lines.join('\n'), location, { linesAbove: 2, linesBelow: 2, highlightCode: false });
}

/** Text without anything that moves a cursor, changes a direction or ends a line. */
function plain(text: string): string {
  return text.replaceAll('\t', ' ').replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '\uFFFD');
}
