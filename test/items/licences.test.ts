import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLicenceFile, licenceOfText } from '../../items/index.ts';

const home = join(import.meta.dirname, '..', '..');

describe('a licence', () => {
  it('is known by its sentences, however they are broken into lines', () => {
    expect(licenceOfText(readFileSync(join(home, 'LICENSE'), 'utf8'))).toBe('Apache-2.0');
    expect(licenceOfText(readFileSync(join(home, 'node_modules', 'commander', 'LICENSE'), 'utf8'))).toBe('MIT');
    expect(licenceOfText(readFileSync(join(home, 'node_modules', 'd3-array', 'LICENSE'), 'utf8').replaceAll(' ', '\n  '))).toBe('ISC');
    expect(licenceOfText(readFileSync(join(home, 'node_modules', 'vega', 'LICENSE'), 'utf8'))).toBe('BSD-3-Clause');
    expect(licenceOfText('All rights reserved.')).toBe('NOASSERTION');
  });

  it.each(['LICENSE', 'licence.md', 'LICENSE-MIT', 'COPYING', 'COPYING.LESSER', 'UNLICENSE'])('is in the file %s', (path) => {
    expect(isLicenceFile(path)).toBe(true);
  });

  it.each(['lib/LICENSE', 'licensed.py', 'LICENSES/MIT.txt'])('is not in %s', (path) => {
    expect(isLicenceFile(path)).toBe(false);
  });
});
