import { describe, expect, it } from 'vitest';
import { openWorkbench } from '../rig.ts';

const clean = (settings: string) => `
codepmp: 1
name: s
steps:
  code: {uses: source/files, with: {source: python-stdlib, include: ['*.py'], take: null}}
  clean: {uses: clean, with: {corpus: code, ${settings}}}
`;

/** A program of so many lines, each with names of its own. */
const program = (name: string, lines = 60) => Array.from({ length: lines }, (_, at) => `def ${name}_${at}(x):\n    return x + ${at}\n`).join('\n');

const files = {
  'a.py': program('one'),
  'b.py': program('one'),
  'c.py': `${program('one')}\nprint(one_1(2))\n`,
  'd.py': program('other'),
  'e.py': `x = "${'a'.repeat(1001)}"\n`,
};

describe('a clean corpus', () => {
  it('keeps one of similar texts, and says why the others went', async () => {
    const bench = await openWorkbench({ files });
    const { clean: made } = await bench.run(clean('profile: bigcode-1'));
    const { meta, type } = await bench.manifest(made);
    const [dropped] = meta['dropped'] as { digest: string }[];
    const gone = await bench.artifacts.readJsonl(dropped?.digest ?? '');
    const kept = await bench.rows(made);
    expect(type).toBe('corpus');
    expect(kept.map(({ path }) => path).toSorted()).toEqual(['c.py', 'd.py']);
    const witness = kept.find(({ path }) => path === 'c.py')?.['origin'];
    const near = { reason: 'near-duplicate', witness, similarity: expect.closeTo(0.95, 1) as number };
    expect(gone.toSorted((a, b) => (String(a['path']) < String(b['path']) ? -1 : 1))).toEqual([
      expect.objectContaining({ path: 'a.py', ...near }),
      expect.objectContaining({ path: 'b.py', ...near }),
      expect.objectContaining({ path: 'e.py', reason: 'long-line', witness: '', similarity: null }),
    ]);
    expect(meta['waterfall']).toEqual([
      { stage: 'code', count: 5, reason: '' },
      { stage: 'clean', count: 2, reason: '' },
      { stage: 'clean', count: 1, reason: 'long-line' },
      { stage: 'clean', count: 2, reason: 'near-duplicate' },
    ]);
  });

  it('holds nothing of a benchmark, with private pieces replaced in what stays', async () => {
    const question = 'Ann buys seven red apples and gives her brother three of them before lunch';
    const bench = await openWorkbench({
      files: {
        'd.py': program('other'),
        'e.py': `# ${question}\nprint(7 - 3)\n`,
        'f.py': `# by jo@mail.company.org\n${program('more')}`,
        'tests/one.txt': 'Where is the station of the trains to the north of the country?\n',
        'tests/two.txt': `${question}.\n`,
      },
    });
    const tests = "tests: {uses: source/files, with: {source: python-stdlib, include: ['tests/*'], take: null}}\n  clean:";
    const { clean: made } = await bench.run(clean('decontaminate: [tests]').replace('clean:', tests));
    const [dropped] = (await bench.manifest(made)).meta['dropped'] as { digest: string }[];
    expect(await bench.artifacts.readJsonl(dropped?.digest ?? '')).toEqual([
      expect.objectContaining({
        path: 'e.py',
        reason: 'contaminated',
        detail: expect.stringMatching(/^it shares "ann buys seven red apples and gives her brother three" with tests [12]$/) as string,
      }),
    ]);
    const kept = await bench.rows(made);
    expect(kept.map(({ path, text }) => `${String(path)}: ${String(text).slice(0, 24)}`).toSorted()).toEqual([
      'd.py: def other_0(x):\n    retu',
      'f.py: # by user1@example.com\nd',
    ]);
  });

  it('says the language that a script without an extension was kept as', async () => {
    const bench = await openWorkbench({ files: { run: `#!/usr/bin/env python3\n# jo@mail.company.org\n${program('one')}` } });
    const pipeline = clean('languages: [Python]').replace("include: ['*.py']", "include: ['*']");
    const { code, clean: made } = await bench.run(pipeline);
    expect((await bench.rows(code)).map(({ language }) => language)).toEqual(['Text']);
    expect((await bench.rows(made)).map(({ path, language, text }) => [path, language, String(text).split('\n')[1]])).toEqual([
      ['run', 'Python', '# user1@example.com'],
    ]);
  });

  it('fails where no text stays, and says why', async () => {
    const bench = await openWorkbench({ files: { 'e.py': files['e.py'] } });
    await expect(bench.run(clean('profile: bigcode-1'))).rejects.toThrow(
      'clean: none of the 1 texts stays: 1 long-line. Choose another profile, or another corpus',
    );
  });
});
