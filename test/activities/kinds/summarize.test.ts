import { describe, expect, it } from 'vitest';
import type { DataStatistics } from '../../../plan/index.ts';
import { answerBy, openWorkbench } from '../rig.ts';

const describing = (accept = '[stop]') => `
codepmp: 1
name: s
models:
  m: {endpoint: remote, temperature: 0.3, top_p: 0.95, max_tokens: 96, accept: ${accept}}
steps:
  code: {uses: source/files, with: {source: python-stdlib}}
  prompts: {uses: summarize, with: {corpus: code, model: m}}
`;

const files = { 'add.py': 'def add(a, b):\n    return a + b\n', 'ui/view.tsx': 'export const view = () => null;\n' };

describe('summarize', () => {
  it('shows each file with its language, and makes a prompt of the answer that keeps where the file comes from', async () => {
    const bench = await openWorkbench({
      files,
      acts: [answerBy((told) => (told.includes('def add') ? 'It adds two numbers.' : 'It shows nothing.'))],
    });
    const { code, prompts } = await bench.run(describing());
    const told = bench.asked.map(({ messages }) => (messages as { content: string }[]).at(-1)?.content ?? '');
    expect(told.find((each) => each.includes('def add'))).toContain('Describe what this Python code is for');
    expect(told.find((each) => each.includes('view'))).toContain('Describe what this TSX code is for');
    const rows = await bench.rows(prompts);
    expect(rows.map(({ path, language, prompt, status, repository }) => ({ path, language, prompt, status, repository }))).toEqual(
      (await bench.rows(code)).map(({ path, language, repository }) => ({
        path,
        language,
        prompt: path === 'add.py' ? 'It adds two numbers.' : 'It shows nothing.',
        status: 'ok',
        repository,
      })),
    );
    expect(rows.some((row) => 'text' in row)).toBe(false);
    expect(prompts).toMatchObject({ calls: { remote: 2 }, prompt_tokens: { remote: 14 }, completion_tokens: { remote: 6 } });
  });

  it('takes no thoughts, no code and no refusal for a description, and counts what it got', async () => {
    const answers = [
      '<think>A sum.</think>\nIt adds.',
      'Purpose\n* `add(a, b)`',
      'I’m sorry, but I can’t help with that.',
      'def add(a, b):\n    return a + b',
      '<think>A sum',
      '',
    ];
    const many = Object.fromEntries(answers.map((_, index) => [`${index}.py`, `x = ${index}\n`]));
    const bench = await openWorkbench({ files: many, acts: [answerBy((told) => answers[Number(/x = (\d)/.exec(told)?.[1])] ?? '')] });
    const { prompts } = await bench.run(describing());
    const rows = (await bench.rows(prompts)).map(({ path, status, prompt }) => [path, status, prompt]);
    expect(rows.sort()).toEqual([
      ['0.py', 'ok', 'It adds.'],
      ['1.py', 'ok', 'Purpose\n* `add(a, b)`'],
      ['2.py', 'refused', undefined],
      ['3.py', 'holds-code', undefined],
      ['4.py', 'truncated', undefined],
      ['5.py', 'empty', undefined],
    ]);
    expect((await bench.manifest(prompts)).meta['statuses']).toEqual({ ok: 2, refused: 1, 'holds-code': 1, truncated: 1, empty: 1 });
  });

  describe('of a description that repeats its file', () => {
    const source = 'def area(width, height):\n    checked = max(0, width) * max(0, height)\n    return checked\n';
    const openCase = () =>
      openWorkbench({
        files: { 'area.py': source, 'add.py': files['add.py'] },
        acts: [
          answerBy((told) => {
            if (!told.includes('Describe what')) return '```python\nx = 1\n```';
            return told.includes('area') ? 'It sets checked = max(0, width) * max(0, height) and returns it.' : 'It adds.';
          }),
        ],
      });

    it('keeps it, and counts it with its flag in the warning and in all that is made of it', async () => {
      const bench = await openCase();
      const { prompts, short, pairs } = await bench.run(`${describing()}  short: {uses: clip, with: {prompts: prompts, keep: 0.5}}
  answers: {uses: respond, with: {prompts: short, model: m}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: code, rejected: answers}}
`);
      const rows = (await bench.rows(prompts)).map(({ path, status, repeated, flag }) => ({ path, status, repeated, flag }));
      expect(rows.sort((a, b) => (String(a.path) < String(b.path) ? -1 : 1))).toEqual([
        { path: 'add.py', status: 'ok', repeated: 0, flag: undefined },
        { path: 'area.py', status: 'ok', repeated: 0.71, flag: 'repeats-code' },
      ]);
      expect([prompts?.warning, short?.warning]).toEqual(['kept although flagged, of 2 items: 1 repeats-code', undefined]);
      expect((await bench.manifest(short)).meta).toMatchObject({ statuses: { ok: 2 }, flags: { 'repeats-code': 1 } });
      const { waterfall } = (await bench.manifest(pairs)).meta['statistics'] as unknown as DataStatistics;
      expect(waterfall).toContainEqual({ stage: 'prompts', count: 2, reason: '', flags: { 'repeats-code': 1 } });
    });

    it('drops it where the step says how much may be repeated', async () => {
      const bench = await openCase();
      const { prompts } = await bench.run(describing().replace('model: m}}', 'model: m, max_repeated: 0.5}}'));
      expect((await bench.manifest(prompts)).meta).toMatchObject({ statuses: { ok: 1, 'repeats-code': 1 } });
      expect((await bench.rows(prompts)).find(({ path }) => path === 'area.py')).not.toHaveProperty('prompt');
    });
  });

  it('judges answers that were paid for by the finish reasons that its own model accepts', async () => {
    const bench = await openWorkbench({
      files,
      acts: [answerBy((told) => ({ text: 'It adds numbers. It then', finish_reason: told.includes('def') ? 'length' : 'stop' }))],
    });
    const { prompts: strict } = await bench.run(describing('[stop]'));
    const { prompts: lenient } = await bench.run(describing('[stop, length]'));
    expect((await bench.manifest(strict)).meta['statuses']).toEqual({ ok: 1, truncated: 1 });
    expect((await bench.manifest(lenient)).meta['statuses']).toEqual({ ok: 2 });
    expect((await bench.rows(lenient)).map(({ prompt }) => prompt).sort()).toEqual(['It adds numbers.', 'It adds numbers. It then']);
    expect(bench.asked).toHaveLength(2);
    expect(lenient?.calls).toEqual({});
  });
});
