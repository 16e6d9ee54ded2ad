import { readFileSync } from 'node:fs';
import type { Language } from 'linguist-languages';
import { describe, expect, it } from 'vitest';
import { compile, loadConfig } from '../../../compile/index.ts';
import { createRules, type CorpusRow, type RulesOptions } from '../../../items/cleaning/rules.ts';
import { licenceRule } from '../../../items/cleaning/licences.ts';
import { readLanguages } from '../../../items/cleaning/languages.ts';
import { checkNames } from '../../../schemas/kinds/cleaning.ts';
import { contaminationIndex, type ContaminationIndex } from '../../../items/cleaning/contamination.ts';

const noRules: RulesOptions = {
  profile: 'none',
  leave_out: [],
  languages: [],
  licences: [],
  secrets: 'keep',
  personal_data: 'keep',
  benchmarks: null,
};

const python: CorpusRow = {
  text: 'def add(a, b):\n    return a + b\n',
  path: 'team/tool/src/add.py',
  repository: 'team/tool',
  commit: '',
  licence: 'MIT',
  language: 'Python',
};

async function verdictOn(
  row: Partial<CorpusRow>,
  options: Partial<RulesOptions>,
  index: ContaminationIndex | null = null,
): Promise<unknown> {
  const rules = await createRules({ ...noRules, ...options }, index);
  return rules({ ...python, ...row });
}

describe('the rules', () => {
  it('keep what they find nothing against as it is', async () => {
    const strict = { leave_out: ['generated', 'vendored'], licences: ['permissive'], secrets: 'drop', personal_data: 'drop' } as const;
    expect(await verdictOn({}, { profile: 'starcoder2-1', ...strict })).toBeNull();
  });

  it('of the pipeline of the paper keep its code, notebooks as scripts, and the texts around it', async () => {
    const folder = new URL('../../../pipelines/', import.meta.url).pathname;
    const { config } = loadConfig({ folder, file: `${folder}paper.config.yaml`, home: '/home-of-codepmp' });
    const { plan } = compile({ source: readFileSync(`${folder}codepmp.yaml`), file: 'codepmp.yaml', config });
    const settings = plan?.nodes.find(({ kind }) => kind === 'clean')?.settings as unknown as RulesOptions;
    const rules = await createRules({ ...settings, benchmarks: null });
    const rows = [
      {},
      { path: 'team/tool/plot.ipynb', text: '# # How the samples were drawn\n\nimport numpy as np\n' },
      { path: 'team/tool/commits/7c1f0d2.txt', text: 'Add the sum of two numbers\n\nIt was missing.', language: 'Text' },
      { path: 'team/tool/issues/7.md', text: '# The sum is wrong\n\nIt says 5 for 2 and 2.', language: 'Markdown' },
    ];
    expect(await Promise.all(rows.map(async (row) => rules({ ...python, ...row })))).toEqual([null, null, null, null]);
  });

  it('let everything pass where no rule is set', async () => {
    expect(await verdictOn({ text: '', path: 'x', language: 'Text', licence: '' }, {})).toBeNull();
  });

  it('keep the languages that are asked for, by any of their names', async () => {
    expect(await verdictOn({}, { languages: ['python', 'golang'] })).toBeNull();
    expect(await verdictOn({}, { languages: ['TypeScript'] })).toEqual({ reason: 'language', detail: 'Python' });
    await expect(verdictOn({}, { languages: ['Pyhton'] })).rejects.toThrow('Pyhton is no language that GitHub knows');
  });

  it('have languages and licences of all names that a pipeline may name, and of no other', async () => {
    const known: readonly Language[] = Object.values(await import('linguist-languages'));
    const names = known.flatMap(({ name, aliases = [] }): string[] => [name, ...aliases]);
    const licences = ['permissive', 'mit', 'GPL-2.0+', 'Apache 2', 'GFDL-1.1-no-invariants-or-later', 'permisive', 'MIT OR ISC', ' '];
    const languages = [...names, ...names.map((name) => name.toLowerCase().replaceAll(' ', '-')), 'c-sharp', 'Pyton', 'constructor'];
    const refused = checkNames({ languages, licences }, 'clean').map(({ key, got }) => `${key} ${got}`);
    const taken = await readLanguages();
    const unknown = languages.filter((name) => {
      try {
        return taken.named(name) === '';
      } catch {
        return true;
      }
    });
    const isLicence = (name: string) => licenceRule([name]).then(() => true, () => false);
    const wrong = (await Promise.all(licences.map(async (name) => ({ name, is: await isLicence(name) })))).filter(({ is }) => !is);
    expect(refused).toEqual([...unknown.map((name) => `languages ${name}`), ...wrong.map(({ name }) => `licences ${name}`)]);
    expect(unknown).toEqual(['Pyton', 'constructor']);
  });

  it.each([
    ['by the name that The Stack gives it', { language: 'python3', path: 'x' }, 'Python'],
    ['by a name with hyphens', { language: 'common-lisp', path: 'x' }, 'Common Lisp'],
    ['by a name without signs', { language: 'c-sharp', path: 'x' }, 'C#'],
    ['as its source names it where GitHub has no such name', { language: 'Modelica 4', path: 'a/b.py' }, 'Modelica 4'],
    ['by its path where the row names none', { language: '', path: 'a/b.f90' }, 'Fortran Free Form'],
    ['by an extension that only linguist knows', { language: 'Text', path: 'a/b.nasl' }, 'NASL'],
    ['by the program of its first line', { language: 'Text', path: 'bin/run', text: '#!/usr/bin/env -S node -r x\n' }, 'JavaScript'],
    ['by a program with its version', { language: '', path: 'bin/run', text: '#!/usr/bin/python3.12 -O\n' }, 'Python'],
    ['as text where nothing tells', { language: 'Text', path: 'LICENSE' }, 'Text'],
  ])('know the language of a file %s', async (_, row, language) => {
    expect(await verdictOn(row, { languages: ['Zig'] })).toEqual({ reason: 'language', detail: language });
    expect(await verdictOn(row, {})).toEqual(row.language === language ? null : { language });
  });

  it.each([
    ['node_modules/left-pad/index.js', 'it is in a folder node_modules'],
    ['src/third_party/zlib/inflate.c', 'it is in a folder third_party'],
    ['static/jquery-3.7.1.min.js', 'its name is that of a library or a build tool'],
    ['gradlew', 'its name is that of a library or a build tool'],
  ])('leave %s out as a copy of another project', async (path, detail) => {
    expect(await verdictOn({ path }, { leave_out: ['vendored'] })).toEqual({ reason: 'vendored', detail });
  });

  it('take a vendored folder for one only inside the repository', async () => {
    const inside = { repository: 'vendor/tool', path: 'vendor/tool/src/add.py' };
    expect(await verdictOn(inside, { leave_out: ['vendored'] })).toBeNull();
    expect(await verdictOn({ ...inside, repository: 'tool' }, { leave_out: ['vendored'] })).toMatchObject({ reason: 'vendored' });
  });

  it.each([
    ['api/user_pb2.py', '', 'generated', 'its name is that of a generated file'],
    ['poetry.lock', '', 'generated', 'its name is that of a generated file'],
    ['a.go', '// Code generated by stringer; DO NOT EDIT.\npackage a\n', 'generated', 'its first lines say "Code generated by"'],
    ['a.py', '"""x"""\n# This file was generated from a.tmpl\n', 'generated', 'its first lines say "This file was generated"'],
    ['a.js', `var a=${'b+'.repeat(100)}c`, 'minified', 'it is packed to save space'],
    ['a.min.css', 'a{b:c}', 'minified', 'it is packed to save space'],
  ])('leave %s out, which a program wrote: %s', async (path, text, reason, detail) => {
    expect(await verdictOn({ path, text, language: '' }, { leave_out: ['generated'] })).toEqual({ reason, detail });
  });

  it('look for the marks of generated code in the first five lines only', async () => {
    expect(await verdictOn({ text: `${'\n'.repeat(5)}# autogenerated` }, { leave_out: ['generated'] })).toBeNull();
  });

  it('say which benchmark has a text, and what of it', async () => {
    const question = 'Ann buys seven red apples and gives her brother three of them before lunch';
    const index = contaminationIndex([{ name: 'gsm8k.test 17', question, answers: [], solution: '' }]);
    expect(await verdictOn({ text: `# ${question}.\nprint(7 - 3)\n` }, {}, index)).toEqual({
      reason: 'contaminated',
      detail: 'it shares "ann buys seven red apples and gives her brother three" with gsm8k.test 17',
    });
  });

  it('replace private pieces, leave out the file with them, or keep it', async () => {
    const text = 'mail = "jo.doe@mail.company.org"\nkey = "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"\n';
    expect(await verdictOn({ text }, { secrets: 'replace', personal_data: 'replace' })).toEqual({
      text: 'mail = "user1@example.com"\nkey = "<KEY>"\n',
    });
    expect(await verdictOn({ text }, { secrets: 'drop', personal_data: 'drop' })).toEqual({ reason: 'secret', detail: 'secret in line 2' });
    expect(await verdictOn({ text }, { personal_data: 'drop' })).toEqual({ reason: 'personal-data', detail: 'email in line 1' });
    expect(await verdictOn({ text }, {})).toBeNull();
  });
});
