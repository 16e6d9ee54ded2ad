import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { joinPairs, languagesToRead, syntaxReader } from '../../../items/index.ts';
import type { SideItem } from '../../../items/index.ts';

const data = process.env['CODEPMP_TEST_DATA'];

interface Solution {
  declaration: string;
  canonical_solution: string;
}

const settings = { length_ratio: { min: 0, max: null }, by_tests: false };

/** What is said of pairs in a language whose rejected sides are these codes, in a block without a tag. */
async function reasonsFor(language: string, codes: string[]): Promise<{ [status: string]: number }> {
  const prompts = codes.map((_, ordinal) => ({ origin: 'a', ordinal, status: 'ok', prompt: 'It adds.', language }));
  const chosen: SideItem[] = codes.map((_, ordinal) => ({ origin: 'a', ordinal, status: 'ok', code: '?', tag: language }));
  const rejected: SideItem[] = codes.map((code, ordinal) => ({ origin: 'a', ordinal, status: 'ok', code, tag: '' }));
  const read = await syntaxReader(languagesToRead(prompts, [...chosen, ...rejected]));
  const found: { [status: string]: number } = {};
  for (const { status } of joinPairs({ prompts, chosen, rejected, read }, settings)) found[status] = (found[status] ?? 0) + 1;
  return found;
}

describe.skipIf(data === undefined)('published solutions', () => {
  const solutions = (name: string): string[] => {
    const lines = readFileSync(join(data ?? '', `humanevalpack-${name}.jsonl`), 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as Solution).map(({ declaration, canonical_solution }) => declaration + canonical_solution);
  };

  it.each([
    ['Python', 'js-40'],
    ['Python', 'go-40'],
    ['Go', 'js-40'],
    ['JavaScript', 'go-40'],
  ])('are in another language where %s was asked for: %s', async (language, name) => {
    expect(await reasonsFor(language, solutions(name))).toEqual({ 'rejected-other-language': 40 });
  });

  it.each([
    ['Python', 'python-164', 164],
    ['Go', 'go-40', 40],
    ['JavaScript', 'js-40', 40],
  ])('of %s are in no other language, also where they end early', async (language, name, count) => {
    const broken = solutions(name).map((code) => code.slice(0, code.length * 0.6));
    const { 'chosen-broken': _ = 0, ok = 0, ...others } = await reasonsFor(language, broken);
    expect([ok + _, others]).toEqual([count, {}]);
  });
});
