import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TextLimits } from '../../../items/cleaning/limits.ts';
import { profiles } from '../../../items/cleaning/profiles.ts';

const folder = process.env['CODEPMP_TEST_DATA'] ?? '';

describe('the profile bigcode-1', () => {
  const limits = profiles['bigcode-1'];

  it.each([
    ['Python', 'a/b.py', { maxLine: 1000, maxMeanLine: 100, minAlphanumeric: 0.25, noXml: true }],
    ['JSON', 'a.json', { minCharacters: 100, maxCharacters: 5000, minAlphanumeric: 0.25, minAlphabetic: 0.5, noXml: true }],
    ['HTML', 'a.HTML', { maxLine: 1000, maxMeanLine: 100, minAlphanumeric: 0.25, noXml: true, visible: { characters: 101, share: 0.2 } }],
    ['C#', 'Program.cs', { maxLine: 1000, maxMeanLine: 100, minAlphanumeric: 0.25, noXml: true }],
    ['Wolfram Language', 'a.nb', { minAlphabetic: 0.25, noXml: true }],
    ['XSLT', 'a.xsl', { maxLine: 1000, maxMeanLine: 100, minAlphanumeric: 0.25, noXml: false }],
    ['Makefile', 'src/Makefile', { maxLine: 1000, maxMeanLine: 100, minAlphanumeric: 0.25, noXml: true }],
  ])('has limits for %s in %s', (language, path, expected) => {
    expect(limits({ language, path })).toEqual(expected);
  });

  it.each([
    ['C', 'a.cats'],
    ['Text', 'a.txt'],
    ['Bison', 'a.bison'],
    ['Python', 'README'],
  ])('takes no %s in %s', (language, path) => {
    expect(limits({ language, path })).toBeNull();
  });

  it.skipIf(folder === '')('agrees with every row of the published table', () => {
    const disagreeing = publishedRows().filter(({ language, extension, ...row }) => {
      const found = limits({ language, path: extension === '' ? 'a' : `a.${extension}` });
      return JSON.stringify(found && limitsWithin(found)) !== JSON.stringify(row.limits);
    });
    expect(disagreeing).toEqual([]);
  });
});

describe('the profile deepseek-1', () => {
  it.each([
    ['Python', { maxLine: 1000, maxMeanLine: 100, minAlphabetic: 0.25, noXml: true }],
    ['XSLT', { maxLine: 1000, maxMeanLine: 100, minAlphabetic: 0.25, noXml: false }],
    ['YAML', { maxLine: 1000, maxMeanLine: 100, minAlphabetic: 0.25, noXml: true, minCharacters: 50, maxCharacters: 5000 }],
    ['HTML', { maxLine: 1000, maxMeanLine: 100, minAlphabetic: 0.25, noXml: true, visible: { characters: 100, share: 0.2 } }],
  ])('has limits for %s', (language, limits) => {
    expect(profiles['deepseek-1']({ language, path: 'a' })).toEqual(limits);
  });
});

describe('the profile starcoder2-1', () => {
  const encoded = { piece: 1024, share: 0.5 };

  it.each([
    ['Rust', { maxLines: 100_000, maxLine: 1000, maxMeanLine: 100, minAlphabetic: 0.25, encoded }],
    ['Markdown', { maxLines: 100_000, maxLine: 100_000, minAlphabetic: 0.25, encoded }],
    ['JSON', { maxLines: 512, maxLine: 100_000, minAlphabetic: 0.25, encoded }],
    ['WebAssembly', { maxLines: 100_000, maxLine: 1000, maxMeanLine: 100, minAlphanumeric: 0.25, encoded }],
  ])('has limits for %s', (language, limits) => {
    expect(profiles['starcoder2-1']({ language, path: 'a' })).toEqual(limits);
  });
});

interface PublishedLimits {
  language: string;
  extension: string;
  limits: { maxLine: number | null; alphanumeric: number | null; alphabetic: number | null; noXml: boolean } | null;
}

function limitsWithin({ maxLine, minAlphanumeric, minAlphabetic, noXml }: TextLimits): PublishedLimits['limits'] {
  return { maxLine: maxLine ?? null, alphanumeric: minAlphanumeric ?? null, alphabetic: minAlphabetic ?? null, noXml: noXml ?? false };
}

/** Rows of BigCode's table; of two with the same language and extension the later counts. Words in its columns of numbers mean no limit. */
function publishedRows(): PublishedLimits[] {
  const [header = [], ...rows] = csvRows(readFileSync(join(folder, 'bigcode-visual-inspection.csv'), 'utf8'));
  const byFile = new Map(rows.map((cells) => {
    const cell = (column: string): string => cells[header.indexOf(column)] ?? '';
    const number = (column: string): number | null => (/^[\d.]+$/.test(cell(column)) ? Number(cell(column)) : null);
    const [language, extension] = [cell('language'), cell('extension')];
    const limits = {
      maxLine: number('Long_line_threshold'),
      alphanumeric: number('Alphanum_threshold'),
      alphabetic: number('Alpha filter'),
      noXml: number('XML filter') === 1,
    };
    return [`${language}/${extension}`, { language, extension, limits: cell('Include') === '1' ? limits : null }] as const;
  }));
  return [...byFile.values()].filter(({ language }) => language !== '');
}

/** Cells of a table with commas and quotes. */
function csvRows(text: string): string[][] {
  const lines = text.match(/(?:"(?:[^"]|"")*"|[^"\n])+/g) ?? [];
  const commas = /,(?=(?:[^"]*"[^"]*")*[^"]*$)/;
  return lines.map((line) => line.split(commas).map((cell) => cell.trim()));
}
