import { expect, it } from 'vitest';
import { opinionOf } from '../../../items/index.ts';
import { answerBy, openWorkbench } from '../rig.ts';

const judging = (n: number) => `
codepmp: 1
name: s
models:
  solver: {endpoint: remote, max_tokens: 64}
  teacher: {endpoint: remote, temperature: 0, max_tokens: 4}
steps:
  arithmetic: {uses: dataset/arithmetic, with: {train: 4, test: 4, choices: 4, questions: 3, seed: 7}}
  samples: {uses: candidates, with: {questions: arithmetic.questions, model: solver, n: ${n}}}
  graded: {uses: grade, with: {candidates: samples}}
  judged: {uses: judge, with: {graded: graded, model: teacher}}
`;

/** Solves every question with an answer that is wrong but for the first; judges the third to be right. */
const acts = () => [
  answerBy((told, nth) => {
    if (told.includes('The known answer')) return told.includes('answer is: 902') ? 'Hm.' : told.includes('answer is: 901') ? '**Yes.**' : 'no';
    return `The answer is: ${900 + nth}`;
  }),
];

it('a model says of every solution whether it is right, beside the verdict of the grader, and of more solutions later only of those', async () => {
  const bench = await openWorkbench({ acts: acts() });
  const { graded, judged } = await bench.run(judging(2));
  const verdicts = await bench.rows(graded);
  const rows = await bench.rows(judged);
  expect(rows).toEqual(verdicts.map((row, index) => ({ ...row, judged: rows[index]?.['judged'] })));
  const opinions = Object.fromEntries(rows.map(({ answer, judged: opinion }) => [String(answer), opinion]));
  expect(opinions).toEqual({ 900: 'wrong', 901: 'right', 902: null, 903: 'wrong', 904: 'wrong', 905: 'wrong' });
  const { meta } = await bench.manifest(judged);
  expect(meta['judged']).toEqual({
    model: expect.any(String) as string,
    statuses: { ok: 5, 'no-opinion': 1 },
    disagreement: { rows: 5, differ: 1 },
  });
  expect(meta).toMatchObject({ graders: { 'codepmp-rules': '7' }, late: 0, unreadable: 0, truncated: 0, answers: 'numbers' });

  const before = bench.asked.length;
  await bench.run(judging(3));
  expect(bench.asked.length - before).toBe(3 + 3);
});

it.each([
  ['Yes', 'right'],
  ['**No**, it says 7.', 'wrong'],
  ['yes.', 'right'],
  ['<think>no? yes</think>\nNo', 'wrong'],
  ['Nothing says so', null],
  ['The answer is yes', null],
])('the opinion in %j is %s', (text, judged) => {
  const status = judged === null ? 'no-opinion' : 'ok';
  expect(opinionOf({ text, finish_reason: 'stop' }, ['stop'])).toEqual({ status, judged });
});
