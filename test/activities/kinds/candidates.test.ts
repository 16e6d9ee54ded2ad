import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answer } from '../../adapters/endpoints/scripted-endpoint.ts';
import type { Act } from '../../adapters/endpoints/scripted-endpoint.ts';
import { answerBy, openWorkbench } from '../rig.ts';

const solving = ({ accept = '[stop]', n = 4, template = 'question' } = {}) => `
codepmp: 1
name: s
models:
  m: {endpoint: remote, temperature: 0.5, top_p: 0.95, max_tokens: 64, accept: ${accept}}
steps:
  arithmetic: {uses: dataset/arithmetic, with: {train: 4, test: 4, choices: 4, questions: 3, seed: 7}}
  samples: {uses: candidates, with: {questions: arithmetic.questions, model: m, n: ${n}, template: ${template}}}
`;

const acts = () => [
  answerBy(
    (_, nth) =>
      [
        { text: '<think>5?</think>It is 4.', finish_reason: 'stop' },
        { text: 'It is', finish_reason: 'length' },
        { text: '', finish_reason: 'stop' },
      ][nth % 3] ?? '',
  ),
];

const goOn: Act = (response, request, body) =>
  answer('gone on', 'prompt' in body ? { message: undefined, text: 'gone on' } : {})(response, request, body);

describe('candidates', () => {
  it('are n answers to every question, in the order of questions and samples, without the thoughts of the model', async () => {
    const bench = await openWorkbench({ acts: acts() });
    const { arithmetic, samples } = await bench.run(solving());
    const questions = await bench.rows({ ...arithmetic, outputs: { out: arithmetic?.outputs['questions'] ?? '' } } as typeof arithmetic);
    const rows = await bench.rows(samples);
    expect(rows.map(({ question, ordinal }) => [question, ordinal])).toEqual(
      [0, 1, 2].flatMap((question) => [0, 1, 2, 3].map((sample) => [question, sample])),
    );
    for (const { question, gold, rm_prompt } of rows) expect(questions[Number(question)]).toMatchObject({ gold, rm_prompt });
    expect(new Set(rows.map(({ text }) => text))).toEqual(new Set(['It is 4.', 'It is', '']));
    expect(samples?.calls).toEqual({ remote: 12 });
    expect(new Set(bench.asked.map(({ seed }) => seed)).size).toBe(12);
  });

  it('have the statuses that every step has that asks a model, and are judged anew for another one', async () => {
    const bench = await openWorkbench({ acts: acts() });
    const { samples } = await bench.run(solving());
    expect((await bench.manifest(samples)).meta['statuses']).toEqual({ ok: 4, truncated: 4, empty: 4 });
    expect(samples?.warning).toBe('only 4 of 12 items are ok (33.3 %): 4 empty, 4 truncated');
    const { samples: lenient } = await bench.run(solving({ accept: '[stop, length]' }));
    expect((await bench.manifest(lenient)).meta['statuses']).toEqual({ ok: 8, empty: 4 });
    expect(lenient?.warning).toBeUndefined();
    expect(bench.asked).toHaveLength(12);
  });

  it('of a larger n are asked for where they are missing, and nowhere else', async () => {
    const bench = await openWorkbench({ acts: acts() });
    const { samples: few } = await bench.run(solving({ n: 2 }));
    const kept = await bench.rows(few);
    const { samples: many } = await bench.run(solving({ n: 4 }));
    expect([few?.calls, many?.calls]).toEqual([{ remote: 6 }, { remote: 6 }]);
    expect((await bench.rows(many)).filter(({ ordinal }) => Number(ordinal) < 2)).toEqual(kept);
  });

  it('are asked for as the template says: MetaMath goes on with a text, a chat has messages, and the question may be asked as it is', async () => {
    const bench = await openWorkbench({ acts: [goOn] });
    const { arithmetic, samples } = await bench.run(solving({ n: 1, template: 'metamath' }));
    const questions = (await bench.rows(arithmetic, 'questions')).map(({ text }) => String(text));
    const before = 'Below is an instruction that describes a task. Write a response that appropriately completes the request.';
    expect(bench.asked.map(({ prompt }) => prompt).sort()).toEqual(
      questions.map((text) => `${before}\n\n### Instruction:\n${text}\n\n### Response: Let's think step by step.`).sort(),
    );
    expect((await bench.manifest(samples)).meta['template']).toEqual({ name: 'metamath', digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect((await bench.rows(samples)).map(({ text }) => text)).toEqual(['gone on', 'gone on', 'gone on']);

    await bench.run(solving({ n: 1, template: 'few-shot' }));
    expect(bench.asked.at(-1)?.['prompt']).toMatch(/^Question: A baker[\s\S]*\nAnswer: [\s\S]*\nQuestion: .+\nAnswer:$/);
    expect(bench.asked.at(-1)?.['stop']).toContain('\n\nQuestion:');
    await bench.run(solving({ n: 1, template: 'chat' }));
    expect(bench.asked.at(-1)?.['messages']).toMatchObject([{ role: 'system' }, { role: 'user', content: expect.stringContaining('The answer is: ') as string }]);
    await bench.run(solving({ n: 1 }));
    expect(bench.asked.at(-1)?.['messages']).toMatchObject([{ role: 'user' }]);
  });

  it('are asked for with a template of your own, and anew when its file changes', async () => {
    const bench = await openWorkbench({ files: { 'mine/short.txt': 'Q: {question} {{other}}\nA:\n' }, acts: [goOn] });
    const own = solving({ n: 1, template: 'mine/short.txt, templates: python-stdlib' });
    const { arithmetic } = await bench.run(own);
    const [first] = await bench.rows(arithmetic, 'questions');
    expect(bench.asked.map(({ prompt }) => prompt)).toContain(`Q: ${String(first?.['text'])} {other}\nA:`);
    await bench.run(own);
    expect(bench.asked).toHaveLength(3);
    await writeFile(join(bench.folder, 'mine', 'short.txt'), 'Problem: {question}\nSolution:\n');
    await bench.run(own);
    expect(bench.asked).toHaveLength(6);
    await expect(bench.run(solving({ n: 1, template: '../source/mine/short.txt, templates: python-stdlib' }))).rejects.toMatchObject({
      class: 'invalid',
      message: `samples: the folder of source python-stdlib has no file ../source/mine/short.txt: ${bench.folder}. Correct template of samples`,
    });
  });

  it('that are cut are graded like others, and no candidate with a text is no result', async () => {
    const cut = await openWorkbench({ acts: [answerBy(() => ({ text: 'It is', finish_reason: 'length' }))] });
    expect((await cut.run(solving()))['samples']?.warning).toBe('only 0 of 12 items are ok (0.0 %): 12 truncated');
    const empty = await openWorkbench({ acts: [answerBy(() => '')] });
    await expect(empty.run(solving())).rejects.toMatchObject({
      class: 'quality',
      message: 'samples: none of its 12 items can be used: 12 empty. See what they look like: codepmp show samples',
    });
  });
});
