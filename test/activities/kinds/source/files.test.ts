import { chmod, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readText } from '../../../../activities/kinds/source/read-text.ts';
import { openWorkbench } from '../../rig.ts';

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
