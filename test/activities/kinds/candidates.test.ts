import { describe, expect, it } from 'vitest';
import { answerBy, openWorkbench } from '../rig.ts';

const solving = (accept = '[stop]') => `
codepmp: 1
name: s
models:
  m: {endpoint: remote, temperature: 0.5, top_p: 0.95, max_tokens: 64, accept: ${accept}}
steps:
  arithmetic: {uses: dataset/arithmetic, with: {train: 4, test: 4, choices: 4, questions: 3, seed: 7}}
  samples: {uses: candidates, with: {questions: arithmetic.questions, model: m, n: 4}}
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
    const { samples: lenient } = await bench.run(solving('[stop, length]'));
    expect((await bench.manifest(lenient)).meta['statuses']).toEqual({ ok: 8, empty: 4 });
    expect(lenient?.warning).toBeUndefined();
    expect(bench.asked).toHaveLength(12);
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
