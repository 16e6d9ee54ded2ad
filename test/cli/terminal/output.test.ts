import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOutput } from '../../../cli/terminal/output.ts';

afterEach(() => vi.restoreAllMocks());

/** Lines that naming these commands writes, on a terminal of 80 columns. */
function lines(commands: [string, string][], options: Partial<Parameters<typeof createOutput>[0]> = {}): string[] {
  let text = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((part) => {
    text += String(part);
    return true;
  });
  createOutput({ json: false, ...options }).next(commands);
  return stripVTControlCharacters(text).split('\n').slice(1, -1);
}

describe('the commands that are useful next', () => {
  it('stand as a table', () => {
    expect(
      lines([
        ['codepmp list', 'all runs'],
        ['codepmp watch r-1', 'follow it'],
      ]),
    ).toEqual(['  codepmp list        all runs', '  codepmp watch r-1   follow it']);
  });

  it('stand one after another where the table would be wider than the terminal', () => {
    const wide = `codepmp report ${'r'.repeat(40)}`;
    expect(lines([[wide, 'its numbers'], ['codepmp dev stop', 'stop server and worker; they stop by themselves']])).toEqual([
      `  ${wide}   its numbers`,
      '  codepmp dev stop   stop server and worker; they stop by themselves',
    ]);
  });

  it('carry the configuration that was given', () => {
    expect(lines([['codepmp list', 'all runs']], { config: 'other.yaml' })).toEqual(['  codepmp list --config other.yaml   all runs']);
  });

  it('are not said to programs', () => {
    expect(lines([['codepmp list', 'all runs']], { json: true })).toEqual([]);
  });
});
