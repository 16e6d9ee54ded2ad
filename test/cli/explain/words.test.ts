import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { showValue } from '../../../cli/compare/change-words.ts';
import { plainLine, signed, wrap } from '../../../text/index.ts';

describe('a value in a sentence', () => {
  it.each([
    [3e-6, '3e-6'],
    [0, '0'],
    [0.03, '0.03'],
    [40000, '40000'],
    ['', '""'],
    [null, 'none'],
    [undefined, 'not set'],
    [[1, 2, 4], '[1, 2, 4]'],
    [{ min: 1, max: null }, '{min: 1, max: none}'],
    ['a'.repeat(64), 'a'.repeat(12)],
    ['\u001b[31mred\nline', '\uFFFD[31mred line'],
    ['x'.repeat(100), `${'x'.repeat(59)}…`],
  ])('%j is %s', (value, text) => expect(showValue(value)).toBe(text));
});

describe('a line', () => {
  it('is broken at spaces, keeps its words, and fits where they do', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 }), fc.nat(6), (words, indent) => {
        const lines = wrap(`${' '.repeat(indent)}${words.join(' ')}`, 80, { hang: 2 });
        expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(words);
        expect(lines.filter((line) => line.length > 80)).toEqual([]);
      }),
    );
  });

  it('stays whole where it has no space', () => {
    expect(wrap('x'.repeat(200), 80, { hang: 2 })).toEqual(['x'.repeat(200)]);
    expect(wrap(`  ${'x'.repeat(200)} y`, 80, { hang: 2 })).toEqual([`  ${'x'.repeat(200)}`, '    y']);
  });

  it('has no control characters', () => {
    expect(plainLine('a\tb\nc\u001b[2J')).toBe('a b c\uFFFD[2J');
  });
});

it('differences have their sign, and none at nothing', () => {
  expect([0.0391, -0.0391, 0.00001, -0.00001].map((value) => signed(value))).toEqual(['+0.039', '−0.039', '0.000', '0.000']);
});
