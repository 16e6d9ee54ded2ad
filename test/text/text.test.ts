import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  screenCells,
  cleanLine,
  columnsOf,
  escapedXml,
  fit,
  fixed,
  padded,
  plainLine,
  plainText,
  signed,
  columnTable,
  wrap,
} from '../../text/index.ts';

/** Texts that make a terminal or a page show something else than they say. */
const hostile: [what: string, text: string, shown: string, clean: string][] = [
  ['clears the screen', 'a\u001b[2Jb', 'a\uFFFD[2Jb', 'ab'],
  [
    'names a link that it is not',
    '\u001b]8;;https://example.org\u0007bank\u001b]8;;\u001b\\',
    '\uFFFD]8;;https://example.org\uFFFDbank\uFFFD]8;;\uFFFD\\',
    'bank',
  ],
  ['sends a control of eight bits', 'a\u009b31mb', 'a\uFFFD31mb', 'a31mb'],
  ['turns its direction', 'abc\u202Egnp.exe', 'abc\uFFFDgnp.exe', 'abcgnp.exe'],
  ['isolates a direction', '\u2066x\u2069\u061c\u200e\u200f', '\uFFFDx\uFFFD\uFFFD\uFFFD\uFFFD', 'x'],
  ['hides characters', 'pass\u200bword\u2060\u00ad\ufeff\u180e', 'pass\uFFFDword\uFFFD\uFFFD\uFFFD\uFFFD', 'password'],
  ['hides words in tags', 'hi\u{e0068}\u{e0069}', 'hi\uFFFD\uFFFD\uFFFD\uFFFD', 'hi'],
  ['annotates', 'a\ufff9b\ufffac\ufffb', 'a\uFFFDb\uFFFDc\uFFFD', 'abc'],
  ['rings and ends', 'a\u0007\u0000b\u007f', 'a\uFFFD\uFFFDb\uFFFD', 'ab'],
  ['is half a character', 'a\ud800b', 'a\uFFFDb', 'ab'],
  ['goes back to the start of the line', 'good\rbad', 'good bad', 'good bad'],
  ['breaks its line', 'a\u2028b\u2029c\u0085d\n\n\te', 'a b c d   e', 'a b c d e'],
];

describe('text', () => {
  test.each(hostile)('that %s is shown on one line as it is', (_, text, shown, clean) => {
    expect(plainLine(text)).toBe(shown);
    expect(cleanLine(text)).toBe(clean);
  });

  test('of several lines keeps them and its tabs, and nothing else that moves', () => {
    expect(plainText('a\u001b[2Jb\nc\td\u202e\r\n')).toBe('a\uFFFD[2Jb\nc\td\uFFFD\uFFFD\n');
  });

  test('of any script and pictures stays', () => {
    for (const text of ['naïve café', 'می‌خواهم', 'क्‍ष', '👩‍💻 ❤️', '中文', 'שלום', 'a\u0301'])
      expect([plainText(text), plainLine(text), cleanLine(text)]).toEqual([text, text, text]);
  });

  test('is as long on one line as before, so that places in it stay', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => plainLine(text).length === text.length));
  });

  test('cannot leave an element or an attribute', () => {
    expect(escapedXml(`<a href="x" title='y'>&\``)).toBe('&#60;a href=&#34;x&#34; title=&#39;y&#39;&#62;&#38;&#96;');
  });
});

describe('columns', () => {
  test('are counted as a terminal shows characters', () => {
    expect(['abc', '中文', 'a\u0301', '👩‍💻', ''].map(columnsOf)).toEqual([3, 4, 1, 2, 0]);
    expect(screenCells('a中👩‍💻')).toEqual({
      cells: [{ text: 'a', width: 1 }, { text: '中', width: 2 }, { text: '👩‍💻', width: 2 }],
      columns: [0, 1, 3, 3, 3, 3, 3, 5],
    });
  });

  test('of a table are equal, also with wide characters and in very many rows', () => {
    expect(columnTable([['A', 'B'], ['long', 'x']])).toEqual(['A      B', 'long   x']);
    expect(columnTable([['模型', 'B'], ['abc', 'x']])).toEqual(['模型   B', 'abc    x']);
    expect(columnTable([...Array.from({ length: 300_000 }, () => ['a', 'b']), ['long', 'x']])[0]).toBe('a      b');
    expect(padded('中', 4)).toBe('中  ');
  });

  test('cut a text', () => {
    expect([fit('abc', 3), fit('abcd', 3), fit('中文字', 4), fit('中文字', 5), fit('ab', 0)]).toEqual(['abc', 'ab…', '中…', '中文…', '…']);
  });

  test('break a text at spaces, as far in as it begins', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('  one two three', 9, { hang: 2 })).toEqual(['  one two', '    three']);
    expect(wrap('中文 中文 中文', 9)).toEqual(['中文 中文', '中文']);
    expect(wrap('', 10)).toEqual(['']);
  });
});

test('numbers have a minus sign that is one, and a sign where there is a difference', () => {
  expect([fixed(-0.5), fixed(0.12345, 2)]).toEqual(['−0.500', '0.12']);
  expect([0.0391, -0.0391, 0.00001, -0.00001].map((value) => signed(value))).toEqual(['+0.039', '−0.039', '0.000', '0.000']);
});
