import { describe, expect, it } from 'vitest';
import { answerBy, openWorkbench } from '../rig.ts';

const clipping = `
codepmp: 1
name: s
models:
  m: {endpoint: remote, temperature: 0.3, top_p: 0.95, max_tokens: 96}
steps:
  code: {uses: source/files, with: {source: python-stdlib}}
  prompts: {uses: summarize, with: {corpus: code, model: m}}
  half: {uses: clip, with: {prompts: prompts, keep: 0.5}}
`;

describe('clip', () => {
  it('keeps the head of each prompt with its share of the tokens, and everything else of its row', async () => {
    const files = { 'a.py': 'x = 1\n', 'b.py': 'x = 2\n' };
    const bench = await openWorkbench({
      files,
      acts: [answerBy((told) => (told.includes('x = 1') ? 'It gives one and nothing else.' : ''))],
    });
    const { prompts, half } = await bench.run(clipping);
    const whole = await bench.rows(prompts);
    expect(whole.map(({ status }) => status).sort()).toEqual(['empty', 'ok']);
    expect(whole.map(({ tokens }) => tokens).toSorted()).toEqual([0, 3]);
    expect(await bench.rows(half)).toEqual(whole.map((row) => (row['status'] === 'ok' ? { ...row, prompt: 'It gives one', tokens: 1 } : row)));
    expect(half?.warning).toBeUndefined();
  });
});
