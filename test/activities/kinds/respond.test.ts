import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTemplate } from '../../../activities/group/templates.ts';
import type { PlanNode } from '../../../plan/index.ts';
import type { Compiler } from '../../../ports/compiler.ts';
import { config } from '../../compile/rig.ts';
import { answerBy, openWorkbench } from '../rig.ts';

const answering = (settings = '') => `
codepmp: 1
name: s
models:
  describer: {endpoint: remote, temperature: 0.3, top_p: 0.95, max_tokens: 96}
  coder: {endpoint: remote, temperature: 0.5, top_p: 0.95, max_tokens: 256${settings}}
steps:
  code: {uses: source/files, with: {source: python-stdlib}}
  prompts: {uses: summarize, with: {corpus: code, model: describer}}
  answers: {uses: respond, with: {prompts: prompts, model: coder}}
`;

const files = Object.fromEntries(['ok', 'prose', 'cut', 'thoughts', 'undescribed'].map((name) => [`${name}.py`, `name = '${name}'\n`]));

const texts: { [name: string]: { text: string; finish_reason: string } } = {
  ok: { text: 'Sure:\n```python\nx = 1\n``` Done.', finish_reason: 'stop' },
  prose: { text: 'It is simple.', finish_reason: 'stop' },
  cut: { text: '```python\nx = ', finish_reason: 'length' },
  thoughts: { text: '<think>\n```python\ny = 0\n```\n</think>\n```python\ny = 1\n```', finish_reason: 'stop' },
};

/** Descriptions name the file; answers are those of the texts. */
const acts = [
  answerBy((told) => {
    const [, file] = /name = '(\w+)'/.exec(told) ?? [];
    if (file !== undefined) return file === 'undescribed' ? '' : `It is about ${file}.`;
    return texts[/about (\w+)/.exec(told)?.[1] ?? ''] ?? '';
  }),
];

describe('respond', () => {
  it('takes the code out of each answer, says why there is none, and asks for nothing where there is no prompt', async () => {
    const bench = await openWorkbench({ files, acts });
    const { code, answers } = await bench.run(answering());
    const names = new Map((await bench.rows(code)).map(({ origin, path }) => [origin, path]));
    const rows = (await bench.rows(answers)).map(({ origin, status, code: extracted }) => ({
      path: names.get(origin ?? ''),
      status,
      code: extracted,
    }));
    expect(rows.sort((a, b) => String(a.path).localeCompare(String(b.path)))).toEqual([
      { path: 'cut.py', status: 'truncated', code: undefined },
      { path: 'ok.py', status: 'ok', code: 'x = 1' },
      { path: 'prose.py', status: 'no-code', code: undefined },
      { path: 'thoughts.py', status: 'ok', code: 'y = 1' },
      { path: 'undescribed.py', status: 'no-prompt', code: undefined },
    ]);
    expect(answers?.calls).toEqual({ remote: 4 });
    expect(bench.asked).toHaveLength(9);
  });

  it('keeps all that was said, and with which request and under which key it was paid for', async () => {
    const bench = await openWorkbench({ files, acts });
    const { answers } = await bench.run(answering());
    for (const { text, request, answer_digest, generation_key, status } of await bench.rows(answers)) {
      if (status === 'no-prompt') continue;
      const kept = await bench.store.ledger.read({ generationKey: String(generation_key), lo: '', hi: null });
      expect(kept.get(String(request))).toMatchObject({ text, answer_digest });
    }
  });

  it('judges answers that were paid for anew, where its model accepts other finish reasons', async () => {
    const bench = await openWorkbench({ files, acts });
    await bench.run(answering());
    const { answers } = await bench.run(answering(', accept: [stop, length]'));
    expect((await bench.manifest(answers)).meta['statuses']).toEqual({ ok: 3, 'no-code': 1, 'no-prompt': 1 });
    expect(answers?.calls).toEqual({});
  });

  it('asks again under other sampling', async () => {
    const bench = await openWorkbench({ files, acts });
    await bench.run(answering());
    const { answers } = await bench.run(answering(', top_k: 40'));
    expect(answers?.calls).toEqual({ remote: 4 });
  });

  it('reads no file outside the templates that come with codepmp', async () => {
    const node = { id: 'prompts', kind: 'summarize', settings: { template: '../README.md' }, resources: {} } as Partial<PlanNode> as PlanNode;
    await expect(readTemplate({ home: '/', config, compiler: {} as Compiler }, { node, content: null })).rejects.toThrow(
      'prompts: codepmp has no template ../README.md. Correct template of prompts',
    );
  });

  it('asks with templates of your own, and refuses one without the item before it asks', async () => {
    const asking = (template: string) => answering().replace('model: describer', `model: describer, template: ${template}, templates: python-stdlib`);
    const own = { 'own.md': 'Say what this {language} is about: {code}\n', 'wrong.md': 'Say what {cod} is about.\n', 'ok.py': "name = 'ok'\n" };
    const bench = await openWorkbench({ files: own, acts });
    await bench.run(asking('own.md').replace('{source: python-stdlib}', "{source: python-stdlib, include: ['*.py']}"));
    expect(bench.asked[0]?.['messages']).toEqual([{ role: 'user', content: "Say what this Python is about: name = 'ok'" }]);
    const asked = bench.asked.length;
    await expect(bench.run(asking('wrong.md'))).rejects.toMatchObject({
      class: 'invalid',
      message: expect.stringContaining(
        `prompts: its prompt template has mistakes. Correct ${bench.folder}/wrong.md\n\n${bench.folder}/wrong.md:1:1: error[E0145]: the template does not show the code`,
      ) as string,
    });
    expect(bench.asked).toHaveLength(asked);
  });

  describe('with a template of your own', () => {
    const pipeline = answering()
      .replace('{source: python-stdlib}', "{source: python-stdlib, include: ['*.py']}")
      .replace('model: coder}', 'model: coder, template: own.md, templates: python-stdlib}');
    /** A bench whose template says this, and something else from the first request on. */
    const openEdited = async (before: string, after: string) => {
      const path = () => join(bench.folder, 'own.md');
      const bench = await openWorkbench({
        files: { 'ok.py': files['ok.py'] ?? '', 'own.md': before },
        acts: [(...asked) => void writeFile(path(), after).then(() => acts[0]?.(...asked))],
      });
      return bench;
    };

    it('asks nothing by one that is edited while its items are on the way', async () => {
      const bench = await openEdited('Write {description}\n', 'Please write {description}\n');
      await expect(bench.run(pipeline)).rejects.toMatchObject({
        class: 'invalid',
        message: expect.stringMatching(
          /^answers: its prompt template is not the text that the step began with: .*own\.md \(expected SHA-256 [0-9a-f]{12}, got [0-9a-f]{12}\)\. .*start the run again/,
        ) as string,
      });
      expect(bench.asked).toHaveLength(1);
      await bench.run(pipeline);
      expect(bench.asked.at(-1)?.['messages']).toEqual([{ role: 'user', content: 'Please write It is about ok.' }]);
    });

    it('goes on by one that is saved again as it was, also with the line ends of Windows', async () => {
      const bench = await openEdited('Write {description}\n', 'Write {description}\r\n');
      const { answers } = await bench.run(pipeline);
      expect((await bench.manifest(answers)).meta['statuses']).toEqual({ ok: 1 });
    });
  });

  it('stops where its template says so, and takes all of the answer for the code without asking anew', async () => {
    const asking = answering(", stop: ['###']").replace('model: coder}', 'model: coder, template: own.md, templates: python-stdlib}');
    const own = (extract: string) => ({ 'own.md': `---\nstop: [END]\nextract: ${extract}\n---\n{description}\n` });
    const bench = await openWorkbench({ files: { ...files, ...own('code') }, acts });
    const pipeline = asking.replace('{source: python-stdlib}', "{source: python-stdlib, include: ['*.py']}");
    const first = await bench.run(pipeline);
    expect(bench.asked.at(-1)?.['stop']).toEqual(['###', 'END']);
    expect((await bench.manifest(first['answers'])).meta['statuses']).toMatchObject({ 'no-code': 1 });
    await writeFile(join(bench.folder, 'own.md'), own('text')['own.md']);
    const second = await bench.run(pipeline);
    expect(second['answers']?.calls).toEqual({});
    expect((await bench.rows(second['answers'])).map(({ code }) => code)).toContain('It is simple.');
  });
});
