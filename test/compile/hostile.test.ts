import { describe, expect, test } from 'vitest';
import { compileText, quickstart } from './rig.ts';

const head = 'codepmp: 1\nname: t\nsteps:\n  data: {uses: dataset/arithmetic}\n';
const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)));

describe('a hostile file ends in one clear diagnostic', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['brackets without end', '['.repeat(200_000), 'E0101'],
    ['braces without end', '{a: '.repeat(60_000), 'E0101'],
    ['nested lists on one line', '- '.repeat(100_000), 'E0101'],
    ['nested explicit keys', '? '.repeat(100_000), 'E0101'],
    ['nesting by indentation', Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''), 'E0101'],
    ['nesting just above the limit', `${head}x: ${'['.repeat(64)}${']'.repeat(64)}\n`, 'E0101'],
    ['ten thousand keys', `${head}${Array.from({ length: 10_000 }, (_, key) => `k${key}: 1\n`).join('')}`, 'E0101'],
    ['one key many times', `${head}${'a: 1\n'.repeat(4_000)}`, 'E0105'],
    ['a list of nothing', '-\n'.repeat(50_000), 'E0101'],
    ['commas', `[${','.repeat(100_000)}]`, 'E0101'],
    [
      'an alias bomb',
      `a: &a [x, x]\n${Array.from({ length: 50 }, (_, n) => `b${n}: &b${n} [*a, *a]\n`).join('')}`,
      'E0104',
    ],
    ['many documents', '---\n'.repeat(60_000), 'E0104'],
    ['many directives', '%A b\n'.repeat(50_000), 'E0104'],
    ['many tags', '- !!str x\n'.repeat(5_000), 'E0104'],
    ['a NUL', `${head}# \0\n`, 'E0102'],
    ['a terminal escape', `${head}# \u001b[2J\n`, 'E0102'],
    ['a lone carriage return', `${head}\rname: u\n`, 'E0102'],
    ['invalid UTF-8', bytes(head, [0xff, 0xfe]), 'E0102'],
    ['half a character', bytes(head, '# ', [0xe2, 0x82]), 'E0102'],
    ['UTF-16', bytes([0xff, 0xfe, 0x63, 0, 0x6f, 0]), 'E0102'],
    ['too many bytes', `${head}#${'x'.repeat(256 * 1024)}`, 'E0101'],
    ['nothing at all', '', 'E0112'],
    ['only a byte order mark', bytes([0xef, 0xbb, 0xbf]), 'E0112'],
    ['a bare word', 'pipeline', 'E0112'],
    ['a prototype', `${head}__proto__: {polluted: true}\n`, 'E0107'],
    ['a very long key', `${head}${'k'.repeat(200_000)}: 1\n`, 'E0103'],
    ['a very long line', `${head}x: "${'y'.repeat(200_000)}"\n`, 'E0110'],
    ['quotes without end', `${head}x: "${'y\n'.repeat(100_000)}`, 'E0103'],
    ['a number of a hundred thousand digits', `${head}x: ${'9'.repeat(100_000)}\n`, 'E0106'],
  ])('%s', (_, source, code) => {
    const { plan, diagnostics, rendered } = compileText(source);
    expect(plan).toBeUndefined();
    expect(diagnostics.map((each) => each.code)).toContain(code);
    expect(diagnostics.length).toBeLessThanOrEqual(100);
    for (const text of rendered) expect(text.length).toBeLessThan(4_000);
    expect(rendered.join('')).not.toContain(String.fromCharCode(27));
  });
});

test('a hundred thousand lines of comment are no mistake', () => {
  expect(compileText(`${'#\n'.repeat(100_000)}${head}`).diagnostics).toEqual([]);
});

test('a byte order mark and Windows line ends change nothing', () => {
  const plan = compileText(quickstart).plan;
  expect(compileText(bytes([0xef, 0xbb, 0xbf], quickstart.replaceAll('\n', '\r\n'))).plan).toEqual(plan);
});

test('nesting up to the limit is read', () => {
  const codes = compileText(`${head}x: ${'['.repeat(63)}${']'.repeat(63)}\n`).diagnostics.map(({ code }) => code);
  expect(codes).toEqual(['E0110']);
});

test('a prototype in a file does not reach any object', () => {
  compileText(`${head}  __proto__: {polluted: true}\nconstructor: {prototype: {polluted: true}}\n`);
  expect(({} as { polluted?: true }).polluted).toBeUndefined();
});

test('the number of problems is cut, and the rest is counted', () => {
  const { diagnostics } = compileText(`${head}${Array.from({ length: 300 }, (_, key) => `k${key}: 1\n`).join('')}`);
  expect(diagnostics).toHaveLength(100);
  expect(diagnostics.at(-1)?.message).toBe('201 more problems are not shown');
});

test('a text that turns the reading direction is made visible in the frame', () => {
  const [text] = compileText(`${head}x\u202ey: 1\n`).rendered;
  expect(text).not.toContain('\u202e');
});
