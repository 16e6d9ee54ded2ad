import { describe, expect, it } from 'vitest';
import { forgottenRule } from '../../items/index.ts';

const isGpl = forgottenRule({ repository: [], licence: ['GPL-3.0-only'] });

describe('a forgotten licence', () => {
  it.each([
    'GPL-3.0-only',
    'gpl-3.0-only',
    'MIT, GPL-3.0-only',
    'MIT,GPL-3.0-only ',
    'MIT OR GPL-3.0-only',
    '(Apache-2.0 AND GPL-3.0-only) OR MIT',
    'GPL-3.0-only WITH GCC-exception-3.1',
    'MIT, Apache-2.0 OR GPL-3.0-only',
    'house licence, GPL-3.0-only',
    'GPL-3.0-only AND NOASSERTION',
  ])('is in %j', (licence) => {
    expect(isGpl({ licence })).toBe(true);
  });

  const others = ['', 'MIT', 'LGPL-3.0-only', 'AGPL-3.0-only, MIT', 'GPL-3.0-or-later', 'not GPL-3.0-only', undefined, null, 3];
  it.each(others)('is not in %j', (licence) => {
    expect(isGpl({ licence })).toBe(false);
  });

  it('may be a name of no list, or a cell as it stands', () => {
    const rule = forgottenRule({ repository: [], licence: ['house licence', 'MIT OR Zlib', 'GPL-2.0+'] });
    expect(['house licence', 'MIT, House Licence', 'MIT OR Zlib', 'MIT', 'GPL-2.0+ OR MIT'].map((licence) => rule({ licence }))).toEqual([
      true,
      true,
      true,
      false,
      true,
    ]);
  });
});

it('a forgotten repository is that of a row, by its whole name', () => {
  const rule = forgottenRule({ repository: ['lab/one'], licence: [] });
  expect([{ repository: 'lab/one' }, { repository: 'lab/one-more' }, {}].map(rule)).toEqual([true, false, false]);
});
