import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderDiagnostic } from '../../../compile/index.ts';
import type { Diagnostic } from '../../../compile/index.ts';
import { columnsOf } from '../../../text/index.ts';

const text = 'extends: ./base.yaml\nsteps:\n  data: {with: {tran: 1}}\n';

const unknown: Diagnostic = {
  code: 'E0110',
  severity: 'error',
  message: 'unknown key tran in steps.data.with',
  file: 'own.yaml',
  line: 3,
  column: 17,
  endLine: 3,
  endColumn: 21,
  hint: 'did you mean train?',
};

const lines = (...rows: string[]) => rows.join('\n');

/** A text of as many lines as asked for. */
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `key-${index + 1}: ${index + 1}\n`).join('');

/** A diagnostic of the key on a line of such a text, explained by other lines of it. */
const atLine = (line: number, ...others: number[]): Diagnostic => ({
  ...unknown,
  line,
  column: 1,
  endLine: line,
  endColumn: 5,
  related: others.map((other) => ({ message: `see line ${other}`, line: other, column: 1, endLine: other, endColumn: 5 })),
});

describe('a frame', () => {
  test('marks what is wrong and what explains it, with a few words beside each', () => {
    const related = [{ message: 'extended here', line: 1, column: 10, endLine: 1, endColumn: 21 }];
    expect(renderDiagnostic({ ...unknown, related }, text)).toBe(
      lines(
        'own.yaml:3:17: error[E0110]: unknown key tran in steps.data.with',
        '  |',
        '1 | extends: ./base.yaml',
        '  |          ----------- extended here',
        '2 | steps:',
        '3 |   data: {with: {tran: 1}}',
        '  |                 ^^^^ did you mean train?',
      ),
    );
  });

  test('of another file names the file and where in it', () => {
    const related = [{ message: 'data is declared here', file: 'base.yaml', line: 2, column: 3, endLine: 2, endColumn: 7 }];
    const files: { [file: string]: string } = { 'own.yaml': text, 'base.yaml': 'steps:\n  data: {uses: dataset/arithmetic}\n' };
    expect(renderDiagnostic({ ...unknown, related }, (file) => files[file])).toContain(
      lines(
        '3 |   data: {with: {tran: 1}}',
        '  |                 ^^^^ did you mean train?',
        ' ::: base.yaml:2:3',
        '  |',
        '2 |   data: {uses: dataset/arithmetic}',
        '  |   ---- data is declared here',
      ),
    );
  });

  test('of a file whose text is not known is one line', () => {
    const related = [{ message: 'declared here', file: 'gone.yaml', line: 9, column: 3 }];
    expect(renderDiagnostic({ ...unknown, related }, text)).toMatch(/\n {2}::: gone\.yaml:9:3: declared here$/);
  });

  test('puts several marks of one line under each other, the last text beside its mark', () => {
    const related = [
      { message: 'first here', line: 3, column: 3, endLine: 3, endColumn: 7 },
      { message: 'and here', line: 3, column: 10, endLine: 3, endColumn: 14 },
    ];
    expect(renderDiagnostic({ ...unknown, related }, text)).toContain(
      lines('3 |   data: {with: {tran: 1}}', '  |   ----   ----   ^^^^ did you mean train?', '  |   |      and here', '  |   first here'),
    );
  });

  test('leaves lines out between marks that are near, and shows a single one', () => {
    expect(renderDiagnostic(atLine(9, 3), numbered(12))).toContain(lines(' 3 | key-3: 3', '   | ---- see line 3', '...', ' 7 | key-7: 7'));
    expect(renderDiagnostic(atLine(7, 3), numbered(8))).toContain('4 | key-4: 4');
  });

  test('far away is a frame of its own', () => {
    const shown = renderDiagnostic(atLine(40, 2), numbered(50));
    expect(shown).toContain(lines('  ::: own.yaml:2:1', '   |', ' 2 | key-2: 2', '   | ---- see line 2'));
    expect(shown).not.toContain('...');
  });

  test('shows the part of a wide line that is meant', () => {
    const wide = `a: [${'x, '.repeat(100)}here${', y'.repeat(100)}]\n`;
    const shown = renderDiagnostic({ ...unknown, line: 1, endLine: 1, column: 305, endColumn: 309, label: 'this one' }, wide).split('\n');
    expect(shown[2]).toMatch(/^1 \| ….*x, here, y.*…$/);
    expect(shown[3]?.indexOf('^')).toBe(shown[2]?.indexOf('here'));
    expect(shown[2]?.length).toBe(80);
  });

  test('is left out where there is no text, and the notes tell all', () => {
    expect(renderDiagnostic({ ...unknown, expected: 'train', got: 'tran' }, '')).toBe(
      lines(
        'own.yaml:3:17: error[E0110]: unknown key tran in steps.data.with',
        '  = expected: train',
        '  = got:      tran',
        '  = hint:     did you mean train?',
      ),
    );
  });

  test('shows a tab as one space and a control character as a mark', () => {
    const shown = renderDiagnostic({ ...unknown, line: 1, endLine: 1, column: 2, endColumn: 3 }, '\t\u0007x\n');
    expect(shown).toContain(lines('1 |  \uFFFDx', '  |  ^ did you mean train?'));
  });
});

test('no row but the first is wider than the terminal, wherever marks stand and whatever a line holds', () => {
  const character = fc.constantFrom('a', ' ', '\t', '数', 'e\u0301', '😀', '{', ':', '\u0007');
  const line = fc.array(character, { maxLength: 150 }).map((parts) => parts.join(''));
  const span = fc.record({
    line: fc.integer({ min: 1, max: 14 }),
    from: fc.nat(200),
    length: fc.nat(100),
    message: fc.lorem({ maxCount: 12 }),
  });
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 14 }),
      fc.array(span, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 40, max: 120 }),
      (rows, spans, width) => {
        const places = spans.map((each) => {
          const at = Math.min(each.line, rows.length);
          const column = Math.min(each.from, rows[at - 1]?.length ?? 0) + 1;
          return {
            message: each.message,
            line: at,
            column,
            endLine: at,
            endColumn: Math.min(column + each.length, (rows[at - 1]?.length ?? 0) + 1),
          };
        });
        const [{ message, ...primary } = { message: '', line: 1, column: 1, endLine: 1, endColumn: 1 }, ...related] = places;
        const diagnostic: Diagnostic = { ...unknown, ...primary, expected: message, related };
        const shown = renderDiagnostic(diagnostic, `${rows.join('\n')}\n`, { width })
          .split('\n')
          .slice(1);
        expect(shown.filter((row) => columnsOf(row) > width)).toEqual([]);
        if (rows.join('').trim() !== '') expect(shown.some((row) => row.includes('^'))).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
