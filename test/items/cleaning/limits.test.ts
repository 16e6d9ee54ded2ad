import { describe, expect, it } from 'vitest';
import { brokenLimit } from '../../../items/cleaning/limits.ts';
import { measureText } from '../../../items/cleaning/measures.ts';

describe('the measures of a text', () => {
  it.each([
    ['', { characters: 0, lines: 0, longestLine: 0, meanLine: 0, alphanumeric: 0, alphabetic: 0 }],
    ['ab1\n', { characters: 4, lines: 1, longestLine: 3, meanLine: 3, alphanumeric: 0.75, alphabetic: 0.5 }],
    ['a\r\n\rbcd', { characters: 7, lines: 3, longestLine: 3, meanLine: 4 / 3, alphanumeric: 4 / 7, alphabetic: 4 / 7 }],
    ['é𝒳٣😀', { characters: 4, lines: 1, longestLine: 4, meanLine: 4, alphanumeric: 0.75, alphabetic: 0.5 }],
  ])('count %j in characters of Unicode', (text, measures) => {
    expect(measureText(text)).toEqual(measures);
  });
});

const html = `<p>Hello</p><script>${'x()'.repeat(10)}</script>`;

describe('the limits of a text', () => {
  it.each([
    ['too-short', '3 characters; the least is 4', 'abc', { minCharacters: 4 }],
    ['too-long', '5,001 characters; the most is 5,000', 'a'.repeat(5001), { maxCharacters: 5000 }],
    ['too-many-lines', '3 lines; the most is 2', 'a\nb\nc', { maxLines: 2 }],
    ['long-line', '11 characters in the longest line; the most is 10', `a\n${'b'.repeat(11)}\n`, { maxLine: 10 }],
    ['long-lines', '2.5 characters in a line on average; the most is 2.4', 'ab\nabc', { maxMeanLine: 2.4 }],
    ['few-letters-or-digits', '20.0 % of the characters are letters or digits; the least is 25.0 %', '1+++)', { minAlphanumeric: 0.25 }],
    ['few-letters', '20.0 % of the characters are letters; the least is 25.0 %', 'a1234', { minAlphabetic: 0.25 }],
    ['xml', 'it begins with an XML declaration', '<?xml version="1.0"?><a/>', { noXml: true }],
    ['little-visible-text', 'a reader sees 5 of 59 characters', html, { visible: { characters: 6, share: 0 } }],
    ['encoded-data', '88 of 93 characters encode binary data', `data ${'Zm9vYmFy'.repeat(11)}`, { encoded: { piece: 64, share: 1 } }],
    ['encoded-data', '48 of 48 characters encode binary data', '0x1f, '.repeat(8), { encoded: { piece: 1024, share: 0.5 } }],
    ['encoded-data', '48 of 48 characters encode binary data', '\\u00e9'.repeat(8), { encoded: { piece: 1024, share: 0.5 } }],
  ])('leave a text out as %s: %s', (reason, detail, text, limits) => {
    expect(brokenLimit(text, limits)).toEqual({ reason, detail });
  });

  it.each([
    ['abcd', { minCharacters: 4, maxCharacters: 4, maxLines: 1, maxLine: 4, maxMeanLine: 4, minAlphabetic: 1, minAlphanumeric: 1 }],
    [`${' '.repeat(100)}<?xml version="1.0"?>`, { noXml: true }],
    ['<p>Hello</p><style>p {}</style>', { visible: { characters: 5, share: 0.1 } }],
    ['a plain sentence with words that are no data', { encoded: { piece: 10, share: 0.1 } }],
  ])('keep a text that is just within them', (text, limits) => {
    expect(brokenLimit(text, limits)).toBeNull();
  });
});
