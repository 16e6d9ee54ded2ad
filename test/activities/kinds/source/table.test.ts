import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { openWorkbench } from '../../rig.ts';

const reading = (kind: string, settings = '') => `codepmp: 1\nname: s\nsteps:\n  code: {uses: source/${kind}, with: {source: python-stdlib${settings}}}\n`;

const rows = [
  { content: 'x = 1\n', max_stars_repo_path: 'a.py', max_stars_repo_name: 'me/tool', max_stars_repo_licenses: ['MIT', 'ISC'], lang: 'Python' },
  { content: 'f();\n', max_stars_repo_path: 'b.js', max_stars_repo_name: 'me/web', max_stars_repo_licenses: [], lang: 'JavaScript' },
  { content: ' ', max_stars_repo_path: 'c.js', max_stars_repo_name: 'me/web', max_stars_repo_licenses: [], lang: 'JavaScript' },
];
const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const stack = ', path: max_stars_repo_path, repository: max_stars_repo_name, licence: max_stars_repo_licenses, language: lang';
const made = [
  ['a.py', 'me/tool', 'MIT, ISC', 'Python', 'x = 1\n'],
  ['b.js', 'me/web', '', 'JavaScript', 'f();\n'],
];

describe('texts of a table', () => {
  it.each([
    ['jsonl', 'data.jsonl', lines],
    ['jsonl', 'data.jsonl.gz', gzipSync(lines)],
    ['jsonl', 'data.jsonl.zst', zstdCompressSync(lines)],
    ['parquet', 'data/train-00000-of-00001.parquet', parquetOf()],
  ])('are read from %s in %s, with where each comes from', async (kind, name, content) => {
    const bench = await openWorkbench({ files: { [name]: content } });
    const { code } = await bench.run(reading(kind, stack));
    const kept = ['path', 'repository', 'licence', 'language', 'text'];
    const read = (await bench.rows(code)).map((row) => kept.map((column) => row[column]));
    expect(read.sort()).toEqual(made);
    expect((await bench.manifest(code)).meta).toMatchObject({ found: 2, left_out: { empty: 1 } });
  });

  it('have the number of their row and the name of the source where no column tells more', async () => {
    const bench = await openWorkbench({ files: { 'data.jsonl': lines } });
    const { code } = await bench.run(reading('jsonl'));
    expect((await bench.rows(code)).map(({ path, repository }) => [path, repository]).sort()).toEqual([
      ['data.jsonl:1', 'python-stdlib'],
      ['data.jsonl:2', 'python-stdlib'],
    ]);
  });

  it('have lists of licences also as exports of BigQuery and other writers of parquet wrap them', async () => {
    const licences = [{ list: [{ item: 'MIT' }, { item: 'ISC' }] }, { list: [{ element: 'MIT' }] }, { list: [] }, ['MIT', 'ISC']];
    const lines = licences.map((licence, at) => JSON.stringify({ content: `text ${at}`, licence, path: `${at}.py` }));
    const bench = await openWorkbench({ files: { 'data.jsonl': lines.join('\n') } });
    const { code } = await bench.run(reading('jsonl', ', licence: licence, path: path'));
    const read = (await bench.rows(code)).map(({ path, licence }) => [path, licence]).sort();
    expect(read).toEqual([['0.py', 'MIT, ISC'], ['1.py', 'MIT'], ['2.py', ''], ['3.py', 'MIT, ISC']]);
  });

  it('have nothing where their row lacks a column', async () => {
    const lines = [{ content: 'a' }, { content: 'b', licence: 'MIT', path: 'b.py' }, { licence: 'ISC' }].map((row) => JSON.stringify(row));
    const bench = await openWorkbench({ files: { 'data.jsonl': lines.join('\n') } });
    const { code } = await bench.run(reading('jsonl', ', licence: licence, path: path'));
    expect((await bench.rows(code)).map(({ path, licence }) => [path, licence]).sort()).toEqual([
      ['b.py', 'MIT'],
      ['data.jsonl:1', ''],
    ]);
    expect((await bench.manifest(code)).meta).toMatchObject({ left_out: { 'no-text': 1 } });
  });

  it.each([
    ['', 'content'],
    [', column: text, licence: license', 'license'],
  ])('name a column that no row has, and those of the first row: %j', async (settings, column) => {
    const bench = await openWorkbench({ files: { 'data.jsonl': '{"text": "a"}\n{"text": "b", "licence": "MIT"}\n' } });
    await expect(bench.run(reading('jsonl', settings))).rejects.toThrow(
      `code: no row of source python-stdlib has a column ${column}; data.jsonl:1 has text. Name one of these`,
    );
  });

  it('are scripts where they are notebooks, by their path or their language', async () => {
    const notebook = (code: string) => JSON.stringify({ nbformat: 4, cells: [{ cell_type: 'code', source: `%cd x\n${code}`, outputs: [{}] }] });
    const lines = [
      { content: notebook('a'), path: 'a.ipynb' },
      { content: notebook('b'), path: 'b', lang: 'Jupyter Notebook' },
      { content: notebook('c'), path: 'c.json', lang: 'JSON' },
      { content: '{"cells": [', path: 'd.ipynb' },
    ];
    const bench = await openWorkbench({ files: { 'data.jsonl': lines.map((row) => JSON.stringify(row)).join('\n') } });
    const { code } = await bench.run(reading('jsonl', ', path: path, language: lang'));
    expect((await bench.rows(code)).map(({ path, language, text }) => [path, language, text]).sort()).toEqual([
      ['a.ipynb', 'Python', 'a\n'],
      ['b', 'Python', 'b\n'],
      ['c.json', 'JSON', notebook('c')],
    ]);
    expect((await bench.manifest(code)).meta).toMatchObject({ left_out: { 'broken-notebook': 1 } });
  });

  it('stay as they are where a table has made scripts of its notebooks', async () => {
    const lines = [
      { content: '# A title\nx = 1\n', path: 'a.ipynb' },
      { content: 'y <- 1\n', path: 'b.ipynb', lang: 'R' },
      { content: 'z = 1\n', path: 'c', lang: 'jupyter-notebook' },
    ];
    const bench = await openWorkbench({ files: { 'data.jsonl': lines.map((row) => JSON.stringify(row)).join('\n') } });
    const { code } = await bench.run(reading('jsonl', ', path: path, language: lang'));
    expect((await bench.rows(code)).map(({ path, language, text }) => [path, language, text]).sort()).toEqual([
      ['a.ipynb', 'Python', '# A title\nx = 1\n'],
      ['b.ipynb', 'R', 'y <- 1\n'],
      ['c', 'Python', 'z = 1\n'],
    ]);
  });

  it('go past rows without a text and count them', async () => {
    const bench = await openWorkbench({ files: { 'data.jsonl': '{"content": null}\n{"content": 3}\nno json\n{"content": "x"}\n' } });
    const { code } = await bench.run(reading('jsonl'));
    expect((await bench.manifest(code)).meta).toMatchObject({ found: 1, left_out: { 'no-text': 1, 'no-string': 1, 'no-row': 1 } });
  });

  it.each([
    ['', 'Its files have no rows'],
    ['{"content": null}\n', 'Left out: 1 no-text'],
  ])('fail where no row has a text, and say why: %j', async (lines, reason) => {
    const bench = await openWorkbench({ files: { 'data.jsonl': lines } });
    await expect(bench.run(reading('jsonl'))).rejects.toThrow(
      `code: no row of source python-stdlib (${bench.folder}) has a text. ${reason}`,
    );
  });

  it('say which files are read where there is none', async () => {
    const bench = await openWorkbench({ files: { 'a.csv': 'x' } });
    await expect(bench.run(reading('parquet'))).rejects.toThrow(
      `code: source python-stdlib (${bench.folder}) has no file .parquet. Correct its path in codepmp.config.yaml`,
    );
  });
});

function parquetOf(): Uint8Array {
  const column = (name: keyof (typeof rows)[number]) => ({ name, data: rows.map((row) => row[name]) });
  const columnData = (['content', 'max_stars_repo_path', 'max_stars_repo_name', 'max_stars_repo_licenses', 'lang'] as const).map(column);
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
