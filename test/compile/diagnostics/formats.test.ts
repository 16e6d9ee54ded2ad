import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile, toAnnotation } from '../../../compile/index.ts';
import type { Diagnostic } from '../../../compile/index.ts';
import { config, readMistakes } from '../rig.ts';

const recorded = readMistakes().flatMap(
  ({ name, source }) => compile({ source: readFileSync(source), file: `${name}.yaml`, config }).diagnostics,
);

describe('an annotation', () => {
  const diagnostic: Diagnostic = {
    code: 'E0110',
    severity: 'warning',
    message: 'unknown key a',
    file: 'p.yaml',
    line: 3,
    column: 5,
    endLine: 3,
    endColumn: 8,
  };

  test('is one workflow command with its place and its sentences', () => {
    expect(toAnnotation({ ...diagnostic, expected: 'b', hint: 'remove it' })).toBe(
      '::warning file=p.yaml,line=3,endLine=3,col=5,endColumn=7,title=E0110::unknown key a%0Aexpected: b%0Ahint: remove it',
    );
  });

  test('tells the places that explain it', () => {
    const related = [
      { message: 'first defined here', line: 2, column: 3 },
      { message: 'b is declared here', file: 'base.yaml', line: 7, column: 1 },
    ];
    expect(toAnnotation({ ...diagnostic, related })).toBe(
      '::warning file=p.yaml,line=3,endLine=3,col=5,endColumn=7,title=E0110::unknown key a%0Ap.yaml:2:3: first defined here%0Abase.yaml:7:1: b is declared here',
    );
  });

  test('cannot be ended or forged by what a file or its name says', () => {
    const forged = toAnnotation({ ...diagnostic, file: 'a,b:c%.yaml', message: '100% ::error::x\r\n::add-mask::y' });
    expect(forged).toBe(
      '::warning file=a%2Cb%3Ac%25.yaml,line=3,endLine=3,col=5,endColumn=7,title=E0110::100%25 ::error::x  ::add-mask::y',
    );
    expect(recorded.map(toAnnotation).filter((line) => /[\r\n]/.test(line) || !/^::(error|warning) file=/.test(line))).toEqual([]);
  });

  test('gives no columns for a place of several lines', () => {
    expect(toAnnotation({ ...diagnostic, endLine: 4 })).toMatch(/^::warning file=p.yaml,line=3,endLine=4,title=E0110::/);
  });
});
