import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLicenceFile, licenceOfFiles, licenceOfText } from '../../items/index.ts';

const home = join(import.meta.dirname, '..', '..');

const apache = readFileSync(join(home, 'LICENSE'), 'utf8');
const mit = readFileSync(join(home, 'node_modules', 'commander', 'LICENSE'), 'utf8');
const bsd = readFileSync(join(home, 'node_modules', 'vega', 'LICENSE'), 'utf8');
const gpl = `GNU GENERAL PUBLIC LICENSE
  Version 3, 29 June 2007
… the GNU Affero General Public License …
If this is what you want to do, use the GNU Lesser General Public License instead of this License.`;

describe('a licence', () => {
  it('is known by its sentences, however they are broken into lines', () => {
    expect(licenceOfText(readFileSync(join(home, 'LICENSE'), 'utf8'))).toBe('Apache-2.0');
    expect(licenceOfText(readFileSync(join(home, 'node_modules', 'commander', 'LICENSE'), 'utf8'))).toBe('MIT');
    expect(licenceOfText(readFileSync(join(home, 'node_modules', 'd3-array', 'LICENSE'), 'utf8').replaceAll(' ', '\n  '))).toBe('ISC');
    expect(licenceOfText(readFileSync(join(home, 'node_modules', 'vega', 'LICENSE'), 'utf8'))).toBe('BSD-3-Clause');
    expect(licenceOfText('All rights reserved.')).toBe('NOASSERTION');
  });

  it.each([
    ['GPL-3.0-only', gpl],
    ['GPL-2.0-only', readFileSync(join(home, 'node_modules', 'texlive', 'LICENSE'), 'utf8')],
    ['LGPL-3.0-only', `GNU LESSER GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007\n … this supplements the following text …\n${gpl}`],
    ['LGPL-2.0-only', 'GNU LIBRARY GENERAL PUBLIC LICENSE\n Version 2, June 1991\n … the ordinary GNU General Public License …'],
    ['AGPL-3.0-only', 'GNU AFFERO GENERAL PUBLIC LICENSE\n Version 3, 19 November 2007\n … the GNU General Public License, version 3 …'],
  ])('of the GNU family is known by its title, not by those that it mentions: %s', (licence, text) => {
    expect(licenceOfText(text)).toBe(licence);
  });

  it('is the one that a text begins with, not one of parts that it encloses far below', () => {
    expect(licenceOfText(`${bsd}\nThe bundled library:\n${gpl}`)).toBe('BSD-3-Clause');
    expect(licenceOfText(`${mit}\n${readFileSync(join(home, 'node_modules', 'd3-array', 'LICENSE'), 'utf8')}`)).toBe('MIT');
    expect(licenceOfText(`${'No part may be used without our consent. '.repeat(200)}\nThird parties:\n${mit}`)).toBe('NOASSERTION');
  });

  it.each([
    ['0BSD', 'tslib/LICENSE.txt'],
    ['BlueOak-1.0.0', 'minipass/LICENSE.md'],
    ['BSD-3-Clause', 'rw/LICENSE'],
    ['CC-BY-4.0', 'caniuse-lite/LICENSE'],
    ['MPL-2.0', 'axe-core/LICENSE'],
    ['PSF-2.0', 'argparse/LICENSE'],
  ])('is %s in %s', (licence, file) => {
    expect(licenceOfText(readFileSync(join(home, 'node_modules', file), 'utf8'))).toBe(licence);
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
