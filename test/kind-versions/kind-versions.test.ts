import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { carrying } from './deciding.ts';
import { declarations } from './declarations.ts';
import { differences, explain, record } from './differences.ts';
import { kindFiles, readSource } from './kind-files.ts';
import { readRecorded, versionOf } from './record.ts';

const now = kindFiles();
const asNow = record({ recorded: {}, files: now, found: differences({}, now, versionOf) });

/** The files of every kind after an edit of one file, the rest as it is. */
function edited(path: string, edit: (text: string) => string) {
  return kindFiles((each) => {
    const text = readSource(each);
    if (each !== path) return text;
    expect(edit(text)).not.toBe(text);
    return edit(text);
  });
}

/** Kinds that ask for a decision after the edit. */
function changedBy(path: string, edit: (text: string) => string): string[] {
  return differences(asNow, edited(path, edit), versionOf).map(({ kind }) => kind);
}

const scored = ['eval/accuracy', 'eval/bon', 'eval/choice', 'eval/rewardbench', 'eval/rm-bench', 'scores'];
const begun = ['train/pmp', 'train/pmp-stable', 'train/rm'];
const trained = ['train/pmp', 'train/pmp-decay', 'train/pmp-stable', 'train/rm'];
const withPairs = ['arithmetic', 'code-ultrafeedback', 'logiqa2', 'math-shepherd', 'preference', 'reclor', 'rewardbench', 'rm-bench'];
const pairing = [...withPairs.map((name) => `dataset/${name}`), 'pair', 'pair/graded', 'pair/web', 'select'];
const asking = ['candidates', 'judge', 'respond', 'summarize', 'write-tests'];

describe('kind versions', () => {
  it('go up when the code that decides a result changes, or a note says that the result is the same', () => {
    const found = differences(readRecorded(), now, versionOf);
    if (found.length > 0) throw new Error(explain(found));
  });

  it('watch every file of items, of prompts and of the trainer', () => {
    const watched = new Set([...Object.values(now).flatMap((files) => Object.keys(files)), ...carrying]);
    const sources = ['items', 'templates', 'trainer'].flatMap((folder) =>
      readdirSync(new URL(`../../${folder}/`, import.meta.url), { recursive: true, encoding: 'utf8' })
        .filter((name) => !/^(tests\/|\.)/.test(name) && !name.endsWith('__init__.py'))
        .map((name) => `${folder}/${name}`),
    );
    const aside = ['items/index.ts', 'items/arithmetic/rows.ts', 'trainer/README.md', 'trainer/export.py', 'trainer/score_texts.py'];
    const isAside = (path: string) => aside.includes(path) || path.startsWith('items/toy/');
    expect(sources.filter((path) => /\.(ts|py|md)$/.test(path) && !watched.has(path) && !isAside(path))).toEqual([]);
  });

  it('stop at files that are there', () => {
    expect(carrying.filter((path) => readSource(path) === '')).toEqual([]);
  });

  it.each<[string, string, (text: string) => string, string[]]>([
    ['a template', 'templates/describe-code.md', (text) => text.replace('e', 'é'), ['summarize']],
    ['white space of a template', 'templates/write-code.md', (text) => `${text}\n`, ['respond']],
    ['the code of items of one kind', 'items/prompts/clip.ts', (text) => text.replace('slice(', 'substring('), ['clip']],
    ['code that several kinds call', 'items/prompts/request.ts', (text) => text.replace('0x7fffffff', '0x3fffffff'), asking],
    ['a statistic of one kind', 'stats/bon/majority.ts', (text) => text.replace(/===/, '!=='), ['eval/bon']],
    ['columns', 'plan/columns.ts', (text) => text.replace("'string'", "'int'"), pairing],
    ['a loss of the trainer', 'trainer/codepmp_trainer/training/loss.py', (text) => `${text}\nscale = 2\n`, trained],
    ['the rules of the grader', 'trainer/codepmp_trainer/grading/rules.py', (text) => `${text}\nscale = 2\n`, ['grade']],
    ['tokens of the trainer', 'trainer/codepmp_trainer/model/tokens.py', (text) => `${text}\nscale = 2\n`, [...scored, ...trained]],
    [
      'the package of the grader',
      'setup/requirements.txt',
      (text) => text.replace(/^math-verify==[\d.]+/m, 'math-verify==99.0'),
      ['grade'],
    ],
    [
      'the package of the trainer',
      'setup/requirements.txt',
      (text) => text.replaceAll(/^torch==[\d.]+/gm, 'torch==99.0'),
      [...scored, ...trained],
    ],
    [
      'what the grader reads formulas with',
      'setup/requirements.txt',
      (text) => text.replace(/^latex2sympy2-extended==[\d.]+/m, 'latex2sympy2-extended==99.0'),
      ['grade'],
    ],
    [
      'what the grader compares formulas with',
      'setup/requirements.txt',
      (text) => text.replace(/^sympy==[\d.]+/m, 'sympy==99.0'),
      ['grade'],
    ],
    ['the engine of the model server', 'setup/requirements.txt', (text) => text.replace(/^xllamacpp==[\d.]+/m, 'xllamacpp==99.0'), asking],
    ['the model server', 'adapters/endpoints/model-server.py', (text) => text.replace('n_parallel', 'n_other'), asking],
    ['what an endpoint is asked', 'adapters/endpoints/dialect.ts', (text) => text.replace('...others, ', ''), asking],
    ['how an answer is read', 'adapters/endpoints/answer.ts', (text) => text.replace('? content :', '? content.toLowerCase() :'), asking],
    ['how weights are converted', 'trainer/convert.py', (text) => text.replace('np.float32', 'np.float16'), begun],
    [
      'what a kind gives its program',
      'activities/kinds/train/rm.ts',
      (text) => text.replace("'train.py'", "'convert.py'"),
      ['train/rm'],
    ],
    [
      'how a kind closes its chunks',
      'activities/kinds/candidates.ts',
      (text) => text.replace('ordinal: row', 'question: row'),
      ['candidates'],
    ],
    [
      'what a reward model learns from',
      'activities/kinds/train/rm.ts',
      (text) => text.replace('rank: 1, lm: 0', 'rank: 1, lm: 1'),
      ['train/rm'],
    ],
    ['the views of a report', 'report/views/words.ts', (text) => text.replaceAll(' seeds', ' trainings'), ['report']],
    ['the report', 'report/numbers.ts', (text) => text.replaceAll('toFixed(', 'toPrecision('), ['report']],
  ])('ask for a decision of the kinds that use %s, and of no other', (_what, path, edit, kinds) => {
    expect(changedBy(path, edit)).toEqual(kinds);
  });

  it.each<[string, string, (text: string) => string]>([
    ['packages that the code does not name', 'setup/requirements.txt', (text) => text.replace(/^filelock==[\d.]+/m, 'filelock==99.0')],
    ['comments', 'items/prompts/clip.ts', (text) => `// more words\n${text.replaceAll('{\n', '{ /* more */\n')}`],
    ['white space', 'items/pairs/pair.ts', (text) => text.replaceAll('\n', '\n\n  ').replaceAll(' => ', '   =>\n')],
    [
      'types',
      'items/prompts/clip.ts',
      (text) => `${text.replaceAll(': string', ': string | string')}\nexport interface More { more: true }\n`,
    ],
    ['an import of a type', 'items/prompts/clip.ts', (text) => `import type { Json } from '../plan/index.ts';\n${text}`],
    [
      'comments and white space of Python',
      'trainer/codepmp_trainer/training/loss.py',
      (text) => `# words\n${text.replaceAll('\n', '\n\n').replaceAll(' = ', '  =  ')}`,
    ],
    [
      'docstrings and types in signatures',
      'trainer/codepmp_trainer/training/loss.py',
      (text) => text.replace(/"""[^"]*"""/, '"""Other words."""').replaceAll('-> ', '-> None | '),
    ],
    ['code that carries results', 'records/results.ts', (text) => `${text}\nexport const more = 1;\n`],
  ])('ask for nothing when no more changes than %s', (_what, path, edit) => {
    expect(changedBy(path, edit)).toEqual([]);
  });

  it('take a raised version without a note, and refuse a lower one', () => {
    const files = edited('items/prompts/clip.ts', (text) => text.replace('slice(', 'substring('));
    const raised = differences(asNow, files, (kind) => versionOf(kind) + (kind === 'clip' ? 1 : 0));
    expect(raised).toMatchObject([{ kind: 'clip', state: 'raised', files: ['items/prompts/clip.ts'] }]);
    const next = record({ recorded: asNow, files, found: raised });
    expect(next['clip']).toEqual({ version: versionOf('clip') + 1, files: files['clip'] });
    const lowered = differences(next, files, versionOf);
    expect(lowered).toMatchObject([{ kind: 'clip', state: 'lowered' }]);
    expect(record({ recorded: next, files, found: lowered })).toEqual(next);
  });

  it('take changed code at the same version with a note alone', () => {
    const files = edited('items/prompts/clip.ts', (text) => text.replace('slice(', 'substring('));
    const found = differences(asNow, files, versionOf);
    expect(record({ recorded: asNow, files, found })).toEqual(asNow);
    const noted = record({ recorded: asNow, files, found, unchanged: { kinds: ['clip'], note: 'the same for these bounds' } });
    expect(noted).toEqual({ ...asNow, clip: { version: versionOf('clip'), files: files['clip'], note: 'the same for these bounds' } });
    expect(differences(noted, files, versionOf)).toEqual([]);
  });

  it('say which kind and files differ and what can be done', () => {
    const found = differences(asNow, edited('items/prompts/clip.ts', (text) => text.replace('slice(', 'substring(')), versionOf);
    expect(explain(found)).toBe(`clip: version 2 as recorded, and code that decides its result differs:
    items/prompts/clip.ts

If the same settings and inputs now give another result, raise the version and record it:
  version in schemas/kinds/clip.ts
  .setup/bin/node test/kind-versions/record.ts --record
If the result is the same, say why:
  .setup/bin/node test/kind-versions/record.ts --unchanged clip "why the result is the same"`);
  });

  it.each([
    ['const other = 1;', 'declares no start'],
    ["import './more.ts';\nexport const start = 1;", './more.ts is imported or exported as a whole'],
    ["export * from './more.ts';\nexport const start = 1;", './more.ts is imported or exported as a whole'],
    ["export const start = () => import('./more.ts');", './more.ts is imported or exported as a whole'],
  ])('follow no import silently into nothing: %j', (text, message) => {
    expect(() => declarations({ entry: 'items/some.ts#start', read: () => text, ends: [] })).toThrow(message);
  });

  it('are recorded by a command that refuses a note where nothing changed', () => {
    const call = () =>
      execFileSync(process.execPath, ['test/kind-versions/record.ts', '--unchanged', 'report/pdf', 'the same pages'], { stdio: 'pipe' });
    expect(call).toThrow();
  });
});
