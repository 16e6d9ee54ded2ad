import { InvalidArgumentError } from 'commander';
import { renderDiagnostic, toAnnotation, type Checked } from '../../compile/index.ts';
import { usesColor, type Output } from './output.ts';

/** How diagnostics are printed. */
export const formats = ['text', 'json', 'github'] as const;

export type DiagnosticFormat = (typeof formats)[number];

export function readDiagnosticFormat(text: string): DiagnosticFormat {
  const format = formats.find((each) => each === text);
  if (!format) throw new InvalidArgumentError(`Expected one of ${formats.join(', ')}.`);
  return format;
}

/** Prints the diagnostics of a file as text for people, or in a format for programs. */
export function printChecked(checked: Checked, options: { file: string; text: string; format: DiagnosticFormat; output: Output }): void {
  const { diagnostics } = checked;
  const { file, text, format, output } = options;
  switch (format) {
    case 'text':
      if (diagnostics.length > 0) output.data(forTerminal(checked, { file, text }).join('\n\n'));
      return;
    case 'json':
      return output.emit({ file, valid: !diagnostics.some(({ severity }) => severity === 'error'), diagnostics });
    case 'github':
      for (const each of diagnostics) output.data(toAnnotation(each));
      return;
    default:
      format satisfies never;
  }
}

/** Rendered for the width and colours of the terminal; off a terminal, as recorded. */
function forTerminal({ diagnostics, rendered, texts: others = {} }: Checked, { file, text }: { file: string; text: string }): string[] {
  if (!process.stdout.isTTY) return rendered;
  const options = { color: usesColor(process.stdout), width: Math.min(120, Math.max(60, process.stdout.columns)) };
  const texts = new Map([...Object.entries(others), [file, text]]);
  return diagnostics.map((each, index) =>
    texts.has(each.file) ? renderDiagnostic(each, (name) => texts.get(name), options) : (rendered[index] ?? ''),
  );
}
