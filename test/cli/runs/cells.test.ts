import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellText, collectCell } from '../../../cli/runs/cells.ts';

describe('a selector of cells', () => {
  test('is names with values, and several are put together', () => {
    expect(collectCell('init=pmp,seed=1')).toEqual({ init: 'pmp', seed: '1' });
    expect(collectCell('seed=2', collectCell('init=pmp'))).toEqual({ init: 'pmp', seed: '2' });
    expect(collectCell('seed=1', collectCell('init=pmp,seed=1'))).toEqual({ init: 'pmp', seed: '1' });
    expect(collectCell('base=Qwen/Qwen2-1.5B')).toEqual({ base: 'Qwen/Qwen2-1.5B' });
  });

  test('has one value for a param, because a cell has one', () => {
    expect(() => collectCell('size=200', { size: '100' })).toThrow(
      '--cell size=200: no cell has both size=100 and size=200. Give one of the two',
    );
    expect(() => collectCell('size=100,size=200')).toThrow(
      '--cell size=100,size=200: no cell has both size=100 and size=200. Give one of the two',
    );
  });

  test('may have commas and equals signs in its values', () => {
    expect(collectCell('query=stars:>=50,language:python,seed=1')).toEqual({ query: 'stars:>=50,language:python', seed: '1' });
  });

  test('is read back as it was written', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
    const value = fc.stringMatching(/^[\w./:<>=-]{1,12}$/);
    fc.assert(fc.property(fc.dictionary(name, value, { minKeys: 1, noNullPrototype: true }), (selector) => {
      expect(collectCell(cellText(selector))).toEqual(selector);
    }));
  });

  test.each(['init', '=pmp', 'init=', 'init=pmp,', ',init=pmp', '', '1=2'])('is refused with an example where it is %j', (entry) => {
    expect(() => collectCell(entry)).toThrow(/expected name=value, or several separated by commas, as in --cell init=pmp,seed=2/);
  });

  test('may name anything that objects have of themselves', () => {
    expect(Object.entries(collectCell('constructor=1'))).toEqual([['constructor', '1']]);
  });
});
