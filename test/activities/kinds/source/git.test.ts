import { describe, expect, it } from 'vitest';
import { bareRepository, git, mit } from '../../../adapters/sources/git-rig.ts';
import { openWorkbench } from '../../rig.ts';

const reading = (settings = '') => `codepmp: 1\nname: s\nsteps:\n  code: {uses: source/git, with: {source: python-stdlib${settings}}}\n`;

describe('reading repositories', () => {
  it('makes a row of each file of each clone, with repository, commit and licence', async () => {
    const bench = await openWorkbench({ files: { 'notes.txt': 'not in a repository' } });
    await bareRepository(bench.folder, 'tool.git', { 'a.py': 'x = 1\n', 'lib/b.py': 'y = 2\n', LICENSE: mit });
    await bareRepository(bench.folder, 'plain.git', { 'c.py': 'z = 3\n', 'bin.py': Buffer.of(1, 0, 2), 'e.py': '\n' });
    const { code } = await bench.run(reading(", include: ['**/*.py']"));
    const rows = await bench.rows(code);
    expect(rows.map(({ repository, path, licence, language, text }) => [repository, path, licence, language, text]).sort()).toEqual([
      ['plain', 'plain/c.py', '', 'Python', 'z = 3\n'],
      ['tool', 'tool/a.py', 'MIT', 'Python', 'x = 1\n'],
      ['tool', 'tool/lib/b.py', 'MIT', 'Python', 'y = 2\n'],
    ]);
    expect(new Set(rows.map(({ commit }) => commit)).size).toBe(2);
    expect((await bench.manifest(code)).meta).toMatchObject({ found: 3, left_out: { binary: 1, empty: 1 } });
  });

  it('says all the licences that a repository has files of, and clean judges them together', async () => {
    const bench = await openWorkbench({});
    const gpl = 'GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n';
    await bareRepository(bench.folder, 'tool.git', { 'a.py': 'x = 1\n', COPYING: gpl, 'LICENSE-docs': mit });
    const cleaning = `${reading(", include: ['**/*.py']")}  clean: {uses: clean, with: {corpus: code, licences: [permissive]}}\n`;
    expect((await bench.rows((await bench.run(reading(", include: ['**/*.py']")))['code'])).map(({ licence }) => licence)).toEqual([
      'GPL-3.0-only AND MIT',
    ]);
    await expect(bench.run(cleaning)).rejects.toThrow('clean: none of the 1 texts stays: 1 licence.');
  });

  it('reads a commit once, and again when the branch has moved', async () => {
    const bench = await openWorkbench({});
    const path = await bareRepository(bench.folder, 'tool.git', { 'a.py': 'x = 1\n' });
    const first = await bench.run(reading());
    const blob = (await git(path, ['hash-object', '-w', '--stdin'], 'x = 2\n')).trim();
    const tree = await git(path, ['mktree'], `100644 blob ${blob}\ta.py\n`);
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@b.example'];
    await git(path, ['update-ref', 'refs/heads/main', await git(path, [...author, 'commit-tree', '-m', 'x', tree])]);
    const second = await bench.run(reading());
    expect((await bench.rows(first['code'])).map(({ text }) => text)).toEqual(['x = 1\n']);
    expect((await bench.rows(second['code'])).map(({ text }) => text)).toEqual(['x = 2\n']);
  });

  it('keeps as many as are asked for, the smaller draw inside the larger', async () => {
    const bench = await openWorkbench({});
    await bareRepository(bench.folder, 'r.git', Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`f${n}.py`, `x = ${n}\n`])));
    const pathsOf = async (take: number) => {
      const { code } = await bench.run(reading(`, take: ${take}`));
      return (await bench.rows(code)).map(({ path }) => path);
    };
    const [small, large] = [await pathsOf(5), await pathsOf(12)];
    expect([small.length, large.length]).toEqual([5, 12]);
    expect(large).toEqual(expect.arrayContaining(small));
  });

  it('says where there is no repository', async () => {
    const bench = await openWorkbench({ files: { 'a.py': 'x' } });
    await expect(bench.run(reading())).rejects.toThrow(
      `code: source python-stdlib (${bench.folder}) has no git repository. Widen include, or correct the source's path in codepmp.config.yaml`,
    );
  });
});
