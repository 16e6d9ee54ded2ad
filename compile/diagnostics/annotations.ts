import { plainLine } from '../../text/index.ts';
import type { Diagnostic } from './diagnostic.ts';

/**
 * A diagnostic as a workflow command of GitHub Actions, which shows it beside its line. Columns are given if the place is within one
 * line; the last one is inclusive. A command has only one place, so the others are listed in its text.
 */
export function toAnnotation(diagnostic: Diagnostic): string {
  const { severity, file, line, column, endLine = line, endColumn, code } = diagnostic;
  const columns = endLine === line ? { col: column, endColumn: Math.max(column, (endColumn ?? column + 1) - 1) } : {};
  const others = (diagnostic.related ?? []).map((each) => plainLine(`${each.file ?? file}:${each.line}:${each.column}: ${each.message}`));
  const properties = Object.entries({ file, line, endLine, ...columns, title: code })
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    .join(',');
  return `::${severity} ${properties}::${escapeData([...sentencesOf(diagnostic), ...others].join('\n'))}`;
}

/** The message and what the frame says below it, one a line. */
function sentencesOf({ message, expected, got, hint }: Diagnostic): string[] {
  const notes = Object.entries({ expected, got, hint }).flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${text}`]));
  return [message, ...notes].map(plainLine);
}

/** Escapes what would end the command or be read as an escape. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
