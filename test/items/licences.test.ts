import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLicenceFile, licenceOfFiles, licenceOfText } from '../../items/index.ts';

const home = join(import.meta.dirname, '..', '..');

const apache = readFileSync(join(home, 'LICENSE'), 'utf8');
const mit = readFileSync(join(home, 'node_modules', 'commander', 'LICENSE'), 'utf8');
const gpl = 'GNU GENERAL PUBLIC LICENSE\n  Version 3, 29 June 2007\n … any later version, at your option …';

describe('a licence', () => {
  it('is known by its sentences, however they are broken into lines', () => {
    expect(licenceOfText(readFileSync(join(home, 'LICENSE'), 'utf8'))).toBe('Apache-2.0');
    expect(licenceOfText(readFileSync(join(home, 'node_modules', 'commander', 'LICENSE'), 'utf8'))).toBe('MIT');
    expect(licenceOfText(readFileSync(join(home, 'node_modules', 'd3-array', 'LICENSE'), 'utf8').replaceAll(' ', '\n  '))).toBe('ISC');
    expect(licenceOfText(readFileSync(join(home, 'node_modules', 'vega', 'LICENSE'), 'utf8'))).toBe('BSD-3-Clause');
    expect(licenceOfText('All rights reserved.')).toBe('NOASSERTION');
  });

  it('of a repository is all that its files state, unless one of them says that they are a choice', () => {
    expect(licenceOfFiles([mit, gpl])).toBe('GPL-3.0-only AND MIT');
    expect(licenceOfFiles([mit, apache, mit])).toBe('Apache-2.0 AND MIT');
    expect(licenceOfFiles([mit, 'All rights reserved.'])).toBe('MIT AND NOASSERTION');
    expect(licenceOfFiles([mit, apache, 'This project is dual-licensed. Take the one you like.'])).toBe('Apache-2.0 OR MIT');
    expect(licenceOfFiles([mit, 'Dual-licensed.'])).toBe('MIT AND NOASSERTION');
    expect(licenceOfFiles([mit, apache, 'Dual-licensed.', 'All rights reserved.'])).toBe('Apache-2.0 AND MIT AND NOASSERTION');
    expect(licenceOfFiles([])).toBe('');
  });

  it.each(['LICENSE', 'licence.md', 'LICENSE-MIT', 'COPYING', 'COPYING.LESSER', 'UNLICENSE'])('is in the file %s', (path) => {
    expect(isLicenceFile(path)).toBe(true);
  });

  it.each(['lib/LICENSE', 'licensed.py', 'LICENSES/MIT.txt'])('is not in %s', (path) => {
    expect(isLicenceFile(path)).toBe(false);
  });
});
