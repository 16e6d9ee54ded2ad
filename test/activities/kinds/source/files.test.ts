import { chmod, mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { readText } from '../../../../activities/kinds/source/read-text.ts';
import { temporaryFolder } from '../../../adapters/sources/git-rig.ts';
import { openWorkbench, type Workbench } from '../../rig.ts';

const isRoot = process.getuid?.() === 0;

const reading = (settings = '') => `codepmp: 1\nname: s\nsteps:\n  code: {uses: source/files, with: {source: python-stdlib${settings}}}\n`;

const cell = (cell_type: string, ...source: string[]) => ({
  cell_type,
  source,
  metadata: {},
  ...(cell_type === 'code' && { outputs: [{ data: { 'image/png': 'iVBORw0KGgo=' } }] }),
});

const notebook = (cells: object[], language = 'python') => JSON.stringify({ nbformat: 4, metadata: { kernelspec: { language } }, cells });

describe('reading a folder', () => {
  it('makes a row of each text, with its path and language', async () => {
    const bench = await openWorkbench({ files: { 'a.py': 'x = 1\n', 'lib/view.tsx': 'f();\n', Makefile: 'all:\n' } });
    const { code } = await bench.run(reading());
    const rows = await bench.rows(code);
    expect(rows.map(({ path, language, text }) => [path, language, text]).sort()).toEqual([
      ['Makefile', 'Makefile', 'all:\n'],
      ['a.py', 'Python', 'x = 1\n'],
      ['lib/view.tsx', 'TSX', 'f();\n'],
    ]);
    expect((await bench.manifest(code)).meta).toMatchObject({ found: 3, left_out: {} });
  });

  it('goes on past odd files and counts each by its reason', async () => {
    const files = {
      'a.py': 'x = 1\n',
      'picture.py': Uint8Array.of(1, 0, 2),
      'latin.py': Uint8Array.of(0x23, 0xe9, 10),
      'huge.py': '',
      'empty.py': '',
      'b.txt': 'no code',
    };
    const bench = await openWorkbench({ files: { ...files, 'old.ipynb': 'not JSON' } });
    await truncate(join(bench.folder, 'huge.py'), 3 * 2 ** 30);
    const oddName = Buffer.concat([Buffer.from(join(bench.folder, 'odd-')), Buffer.of(0xff), Buffer.from('.py')]);
    await writeFile(oddName, 'y = 2\n');
    await symlink('a.py', join(bench.folder, 'link.py'));
    const { code } = await bench.run(reading(", include: ['**/*.py', '**/*.ipynb']"));
    expect((await bench.rows(code)).map(({ path }) => path)).toEqual(['a.py']);
    expect((await bench.manifest(code)).meta).toMatchObject({
      found: 1,
      left_out: {
        binary: 1,
        'unknown-encoding': 1,
        'too-large': 1,
        'odd-name': 1,
        'no-plain-file': 1,
        'too-short': 1,
        'broken-notebook': 1,
      },
    });
  });

  it.skipIf(isRoot)('goes on past a folder that cannot be read, which is no news where it is excluded', async () => {
    const bench = await openWorkbench({ files: { 'a.py': 'x = 1\n', 'own/b.py': 'y = 2\n' } });
    await chmod(join(bench.folder, 'own'), 0);
    const { code } = await bench.run(reading());
    expect((await bench.manifest(code)).meta).toMatchObject({ found: 1, left_out: { 'unreadable-folder': 1 } });
    const { code: other } = await bench.run(reading(", exclude: ['own/**']"));
    expect((await bench.manifest(other)).meta).toMatchObject({ found: 1, left_out: {} });
    await chmod(join(bench.folder, 'own'), 0o700);
  });

  it('leaves out a file that is gone when it is read, and one that is no file any more', async () => {
    const bench = await openWorkbench({ files: { 'own/b.py': 'y = 2\n' } });
    expect(await readText(join(bench.folder, 'gone.py'))).toEqual({ reason: 'vanished' });
    expect(await readText(join(bench.folder, 'own'))).toEqual({ reason: 'unreadable' });
  });

  it('says how many files were left out, and why, where none fits', async () => {
    const bench = await openWorkbench({ files: { 'a.py': 'x', 'b.py': 'y', 'c.py': Uint8Array.of(0) } });
    await expect(bench.run(reading(', characters: {min: 9}'))).rejects.toMatchObject({
      class: 'invalid',
      message: `code: no file of source python-stdlib (${bench.folder}) fits: include ["**/*"], characters {"max":null,"min":9} (left out: 2 too-short, 1 binary). Widen them, or correct the source's path in codepmp.config.yaml`,
    });
  });
});

/** A tarball made by the program tar. */
async function tarball(files: { [path: string]: string | Uint8Array }, ...options: string[]): Promise<Buffer> {
  const folder = await temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, 'in', path)), { recursive: true });
    await writeFile(join(folder, 'in', path), content);
  }
  await symlink('a.py', join(folder, 'in', 'link.py'));
  await execa('tar', ['-C', join(folder, 'in'), '--sort=name', '-cf', join(folder, 'out.tar'), ...options, '.']);
  return readFile(join(folder, 'out.tar'));
}

describe('a tarball', () => {
  const files = { 'a.py': 'x = 1\n', 'lib/b.py': 'y = 2\n', 'lib/c.txt': 'no code', 'bin.py': Uint8Array.of(1, 0, 2) };
  const code = ", include: ['**/*.py']";

  it.each([
    ['.tar', (bytes: Buffer) => bytes],
    ['.tar.gz', gzipSync],
    ['.tgz', gzipSync],
    ['.tar.zst', zstdCompressSync],
  ])('is a folder of its files: %s', async (suffix, compress) => {
    const bench = await openWorkbench({ files: { 'own.py': 'z = 3\n', [`in/t${suffix}`]: compress(await tarball(files)) } });
    const { code: made } = await bench.run(reading(code));
    expect((await bench.rows(made)).map(({ path, text }) => [path, text]).sort()).toEqual([
      [`in/t${suffix}/a.py`, 'x = 1\n'],
      [`in/t${suffix}/lib/b.py`, 'y = 2\n'],
      ['own.py', 'z = 3\n'],
    ]);
    expect((await bench.manifest(made)).meta).toMatchObject({ found: 3, left_out: { binary: 1, 'no-plain-file': 1 } });
  });

  it('may be the source itself, with paths of its own', async () => {
    const bench = await openWorkbench({ files: { 't.tar.gz': gzipSync(await tarball(files)) }, declared: 't.tar.gz' });
    const { code: made } = await bench.run(reading(", include: ['lib/*']"));
    expect((await bench.rows(made)).map(({ path }) => path).sort()).toEqual(['lib/b.py', 'lib/c.txt']);
  });

  it('has names of any length, in both formats of tar', async () => {
    const long = `${'folder/'.repeat(40)}é.py`;
    const gnu = await tarball({ [long]: 'x\n' }, '--format=gnu');
    const pax = await tarball({ [long]: 'y\n' }, '--format=pax');
    const bench = await openWorkbench({ files: { 'gnu.tar': gnu, 'pax.tar': pax } });
    const { code: made } = await bench.run(reading(code));
    expect((await bench.rows(made)).map(({ path }) => path).sort()).toEqual([`gnu.tar/${long}`, `pax.tar/${long}`]);
  });

  it('that is broken gives what was read of it, and is counted', async () => {
    const whole = await tarball({ 'a.py': 'x = 1\n', 'b.py': 'y'.repeat(20_000) });
    const bench = await openWorkbench({
      files: { 'cut.tar': whole.subarray(0, 6000), 'cut.tar.gz': gzipSync(whole).subarray(0, 150), 'no.tar': 'not a tarball'.repeat(100) },
    });
    const { code: made } = await bench.run(reading(code));
    expect((await bench.rows(made)).map(({ path }) => path)).toContain('cut.tar/a.py');
    expect((await bench.manifest(made)).meta).toMatchObject({ left_out: { 'broken-archive': 3 } });
  });

  it('has a draw like that of a folder with the same files, in which its files have their own paths', async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`f${at}.py`, `x = ${at}\n`]));
    const folder = await openWorkbench({ files: many });
    const archive = await openWorkbench({ files: { 't.tar': await tarball(many) }, declared: 't.tar' });
    const drawn = async (bench: Workbench) => (await bench.rows((await bench.run(reading(`${code}, take: 7`))).code)).map(({ text }) => text);
    expect(await drawn(archive)).toEqual(await drawn(folder));
  });
});

describe('the text of a file', () => {
  it.each<[string, Uint8Array]>([
    ['in UTF-8 with a byte order mark', Buffer.from('\uFEFFé = 1\n')],
    ['in UTF-16, the low byte first', Buffer.from('\uFEFFé = 1\n', 'utf16le')],
    ['in UTF-16, the high byte first', Buffer.from('\uFEFFé = 1\n', 'utf16le').swap16()],
  ])('is read %s', async (_, bytes) => {
    const bench = await openWorkbench({ files: { 'a.py': bytes } });
    expect(await readText(join(bench.folder, 'a.py'))).toEqual({ text: 'é = 1\n' });
  });

  it.each([
    ['# -*- coding: latin-1 -*-', 'latin1'],
    ['#!/usr/bin/python\n# vim: set fileencoding=iso-8859-1 :', 'latin1'],
    ['<?xml version="1.0" encoding="ISO-8859-1"?>', 'latin1'],
  ] as const)('is read in the encoding that it declares: %s', async (head, encoding) => {
    const text = `${head}\né\n`;
    const bench = await openWorkbench({ files: { 'a.py': Buffer.from(text, encoding) } });
    expect(await readText(join(bench.folder, 'a.py'))).toEqual({ text });
  });
});

describe('a notebook', () => {
  it('is a script in the language of its kernel: code, and words as comments, without outputs, pictures and commands', async () => {
    const cells = [
      cell('markdown', '# Sum\n', '\n', 'Adds two numbers. ![plot](data:image/png;base64,iVBORw0KGgo=)'),
      cell('code', '%matplotlib inline\n', '!pip install x\n', 'def add(a, b):\n', '    return a + b'),
      cell('raw', 'left out'),
      cell('code', '%%bash\n', 'ls'),
      cell('code', '%%time\n', 'add(1, 2)'),
    ];
    const bench = await openWorkbench({
      files: { 'a.ipynb': notebook(cells), 'b.ipynb': notebook([cell('markdown', 'Words.'), cell('code', 'f(1);')], 'javascript') },
    });
    const { code } = await bench.run(reading());
    const rows = (await bench.rows(code)).map(({ path, language, text }) => [path, language, text]).sort();
    expect(rows).toEqual([
      ['a.ipynb', 'Python', '# # Sum\n#\n# Adds two numbers.\n\ndef add(a, b):\n    return a + b\n\nadd(1, 2)\n'],
      ['b.ipynb', 'JavaScript', '// Words.\n\nf(1);\n'],
    ]);
  });

  it('of an older format has its code in other places', async () => {
    const cells = [{ cell_type: 'code', input: ['x = 1'], language: 'python' }, { cell_type: 'markdown', source: 'Words.' }];
    const bench = await openWorkbench({ files: { 'a.ipynb': JSON.stringify({ nbformat: 3, worksheets: [{ cells }] }) } });
    expect(await readText(join(bench.folder, 'a.ipynb'))).toEqual({ text: 'x = 1\n\n# Words.\n', language: 'Python' });
  });
});
