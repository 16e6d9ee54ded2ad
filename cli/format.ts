import { InvalidArgumentError } from 'commander';
import { readFileSync } from 'node:fs';
import { toAnnotation, toSarif } from '../compile/index.ts';
import type { Checked } from '../compile/index.ts';
import type { Output } from './output.ts';
import { home } from './place.ts';

/** How diagnostics are printed. */
export const formats = ['text', 'json', 'github', 'sarif'] as const;

export type Format = (typeof formats)[number];

export function readFormat(text: string): Format {
  const format = formats.find((each) => each === text);
  if (!format) throw new InvalidArgumentError(`Expected one of ${formats.join(', ')}.`);
  return format;
}

/** Prints what was found in a file; text is what people read, the others are for programs. */
export function printChecked({ diagnostics, rendered }: Checked, options: { file: string; format: Format; output: Output }): void {
  const { file, format, output } = options;
  switch (format) {
    case 'text':
      if (rendered.length > 0) output.data(rendered.join('\n\n'));
      return;
    case 'json':
      return output.emit({ file, valid: !diagnostics.some(({ severity }) => severity === 'error'), diagnostics });
    case 'github':
      for (const each of diagnostics) output.data(toAnnotation(each));
      return;
    case 'sarif':
      return output.data(JSON.stringify(toSarif(diagnostics, { version: versionOf() }), null, 2));
    default:
      format satisfies never;
  }
}

function versionOf(): string {
  return (JSON.parse(readFileSync(`${home}/package.json`, 'utf8')) as { version: string }).version;
}
