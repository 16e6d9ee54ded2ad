import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compile, loadConfig, readTemplate } from '../../compile/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'codepmp-templates-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pipeline = (template: string) => `codepmp: 1
name: study
models:
  strong: {endpoint: local-strong, max_tokens: 64}
steps:
  code: {uses: source/files, with: {source: python-stdlib, take: 20}}
  prompts: {uses: summarize, with: {corpus: code, model: strong, templates: words, template: ${template}}}
  answers: {uses: respond, with: {prompts: prompts, model: strong, templates: words, template: code.md}}
targets: [answers]
`;

/** What the check of the pipeline says of a template for its descriptions, and of one for its answers. */
function answerTo(describing: { [file: string]: string }, code = 'Write {description}.\n'): string {
  const words = join(folder, 'words');
  rmSync(words, { recursive: true, force: true });
  mkdirSync(words);
  for (const [file, text] of Object.entries({ ...describing, 'code.md': code })) writeFileSync(join(words, file), text);
  writeFileSync(join(folder, 'codepmp.config.yaml'), 'codepmp_config: 1\nsources: {words: {path: words}}\n');
  const { config } = loadConfig({ folder, home: '/home-of-codepmp' });
  const [file = 'own.md'] = Object.keys(describing);
  const { rendered } = compile({ source: pipeline(file), file: 'pipeline.yaml', config });
  return rendered.join('\n\n').replaceAll(`${folder}/`, '');
}

describe('a prompt template of the user', () => {
  it('is right with its variables, literal braces and a head', () => {
    const head = '---\nstop: ["###"]\nexamples:\n  - {code: x = 1, answer: It sets x.}\n---\n';
    expect(answerTo({ 'own.md': `${head}Describe {{code}} in {1}: {code}\n` }, '---\nextract: text\n---\n{description} in {language}\n')).toBe('');
    expect(answerTo({ 'own.txt': '---\nstop: ["\\n\\n"]\n---\n{code}\n\nThis code\n' })).toBe('');
  });

  it('is refused with an unknown variable, at its place in the file', () => {
    expect(answerTo({ 'own.md': 'You describe code.\n\nThis is {lang}:\n{code}\n' })).toBe(
      `words/own.md:3:9: error[E0145]: the template has an unknown variable
  |
1 | You describe code.
2 |
3 | This is {lang}:
  |         ^^^^^^ did you mean language?
4 | {code}
  = expected: one of {code}, {language}`,
    );
    expect(answerTo({ 'own.md': '{code} and {value}\n' })).toContain('write {{value}} where the text {value} is meant');
  });

  it('is refused where it does not show the item', () => {
    expect(answerTo({ 'own.md': 'Describe the file.\n' })).toContain(
      'words/own.md:1:1: error[E0145]: the template does not show the code',
    );
  });

  it('is refused where it does not exist', () => {
    expect(answerTo({})).toContain(
      `pipeline.yaml:7:94: error[E0145]: prompts asks with a template that does not exist`,
    );
  });

  it('is refused with a head that says something else, line by line', () => {
    const found = answerTo({ 'own.md': '---\nstops: ["###"]\nexamples:\n  - {code: x, answer: y, lang: C}\n  - {code: x}\nextract: code\n---\n{code}\n' });
    expect(found.split('\n').filter((line) => line.includes('error['))).toEqual([
      'words/own.md:2:1: error[E0110]: unknown key stops in the file',
      'words/own.md:4:26: error[E0145]: the template does not use this value of its example',
      'words/own.md:5:5: error[E0145]: the example has no answer',
      'words/own.md:6:1: error[E0145]: summarize takes the whole text of an answer',
    ]);
  });

  it('is refused with examples where it is no chat', () => {
    expect(answerTo({ 'own.txt': '---\nexamples: [{code: x, answer: y}]\n---\n{code}\n' })).toContain(
      'words/own.txt:2:1: error[E0145]: the template is a text for the model to go on with, and has no messages for examples',
    );
  });

  it('is refused with a system message that has an unknown variable, or where it is no chat', () => {
    expect(answerTo({ 'own.md': '---\nsystem: You know {langage}.\n---\n{code}\n' })).toContain(
      `words/own.md:2:9: error[E0145]: the template has an unknown variable
  |
1 | ---
2 | system: You know {langage}.
  |         ^^^^^^^^^^^^^^^^^^^ did you mean language?`,
    );
    expect(answerTo({ 'own.txt': '---\nsystem: You know C.\n---\n{code}\n' })).toContain(
      'words/own.txt:2:1: error[E0145]: the template is a text for the model to go on with, and has no messages for system',
    );
  });

  it('is not looked for where its folder is not on this machine', () => {
    writeFileSync(join(folder, 'codepmp.config.yaml'), 'codepmp_config: 1\nsources: {words: {path: elsewhere}}\n');
    const { config } = loadConfig({ folder, home: '/home-of-codepmp' });
    expect(compile({ source: pipeline('own.md'), file: 'pipeline.yaml', config }).rendered).toEqual([]);
  });

  it('is read with the line ends of Unix, whatever it was saved with', () => {
    const text = '---\nsystem: |\n  You know C.\n\n  Be brief.\nstop: [END]\n---\nRead this.\n\n{code}\n';
    const read = (source: string) => readTemplate(Buffer.from(source), { file: 'own.md', kind: 'summarize' });
    expect(read(text).template).toMatchObject({ system: 'You know C.\n\nBe brief.\n', body: 'Read this.\n\n{code}\n' });
    expect(read(text.replaceAll('\n', '\r\n'))).toEqual(read(text));
  });

  it('is read with the defaults of its head', () => {
    expect(readTemplate(Buffer.from('{code}\n'), { file: 'own.md', kind: 'summarize' })).toEqual({
      template: { file: 'own.md', body: '{code}\n', stop: [], extract: 'code', examples: [] },
      rendered: [],
    });
  });
});
