import { describe, expect, test } from 'vitest';
import type { Json } from '../../plan/index.ts';
import type { DataStatistics, Metrics } from '../../plan/metrics.ts';
import { createPairLengths, describePairs, evaluateAccuracy, evaluateBon, evaluateChoice, lastNumber } from '../../stats/index.ts';

/** Metrics and statistics go into manifests as they are: they must be plain JSON by type. */
export const asJson = (value: Metrics | DataStatistics): Json => value;

describe('accuracy of a reward model', () => {
  const rows = [
    { chosen_score: 2, rejected_score: 1, chosen: 'so 7', rejected: 'so maybe 12', kind: 'slip' },
    { chosen_score: 1, rejected_score: 1, chosen: 'thus 4', rejected: 'x', kind: 'slip' },
    { chosen_score: 0, rejected_score: 1, chosen: 'abc', rejected: 'abc', kind: 'dropped' },
    { chosen_score: 9, rejected_score: -1, chosen: 'it is 10', rejected: 'it is 9', kind: '' },
  ].map((row) => ({ ...row, prompt: 'how many?' }));

  test('is compared with every trivial rule, pair by pair', () => {
    const { baselines, accuracy } = evaluateAccuracy({ rows });
    const [chance, longer] = baselines;
    expect(chance?.difference).toMatchObject({ n: 4, value: 0 });
    expect(chance?.difference.interval).toEqual(accuracy.interval?.map((end) => end - 0.5));
    expect(longer?.difference).toMatchObject({ n: 4, value: 0.5 - 2.5 / 4 });
  });

  test('counts pairs of one question as one cluster', () => {
    const shared = evaluateAccuracy({ rows: rows.map((row, index) => ({ ...row, origin: index < 3 ? 'a' : '' })) });
    expect(shared.clusters).toEqual([0, 0, 0, 1]);
    expect(shared.accuracy).toMatchObject({ n: 4, clusters: 2, value: 0.5 });
    expect(evaluateAccuracy({ rows }).clusters).toBeUndefined();
  });

  test('counts a tie as wrong and says how many there were', () => {
    expect(evaluateAccuracy({ rows })).toMatchObject({ accuracy: { n: 4, value: 0.5 }, ties: 1, outcomes: '1t01' });
  });

  test('breaks down by kind of error with its own n, leaving out pairs without one', () => {
    expect(evaluateAccuracy({ rows }).kinds).toMatchObject([
      { kind: 'dropped', ties: 0, accuracy: { n: 1, value: 0 } },
      { kind: 'slip', ties: 1, accuracy: { n: 2, value: 0.5 } },
    ]);
  });

  test('measures trivial rules on the same pairs, a rule that cannot tell guessing', () => {
    const baselines = Object.fromEntries(evaluateAccuracy({ rows }).baselines.map((each) => [each.name, each]));
    expect(baselines['random']).toMatchObject({ n: 4, value: 0.5, method: 'exact' });
    expect(baselines['longer']).toMatchObject({ n: 4, value: 2.5 / 4, ties: 1 });
    expect(baselines['shorter']).toMatchObject({ value: 1.5 / 4, ties: 1 });
    expect(baselines['larger-last-number']).toMatchObject({ value: 2 / 4, ties: 2 });
    expect(baselines['last-number-present']).toMatchObject({ value: 2.5 / 4, ties: 3 });
  });

  test('cannot tell which of two numbers is larger where both are beyond what a number holds', () => {
    const [ours, theirs] = [`so ${'1'.repeat(310)}`, `so ${'2'.repeat(400)}`];
    const pairs = [{ ...rows[0]!, chosen: ours, rejected: theirs }, { ...rows[0]!, chosen: ours, rejected: 'so 5' }];
    const rules = evaluateAccuracy({ rows: pairs }).baselines.filter(({ name }) => /(?:larger|smaller)-last/.test(name));
    expect(rules.map(({ value, ties, difference }) => [value, ties, difference.value])).toEqual([[0.75, 1, 0.25], [0.25, 1, 0.75]]);
  });

  test('carries a fingerprint of the items that does not depend on the scores', () => {
    const other = rows.map((row) => ({ ...row, chosen_score: 0 }));
    expect(evaluateAccuracy({ rows: other }).items).toBe(evaluateAccuracy({ rows }).items);
    expect(evaluateAccuracy({ rows: rows.toReversed() }).items).not.toBe(evaluateAccuracy({ rows }).items);
  });

  test('has no value rather than 0 without pairs, and refuses a pair without a score', () => {
    expect(evaluateAccuracy({ rows: [] }).accuracy).toEqual({ n: 0, value: null, interval: null, method: 'agresti-coull' });
    const [first] = rows;
    expect(() => evaluateAccuracy({ rows: first ? [{ ...first, chosen_score: Number.NaN }] : [] })).toThrow('pair 0 has no score');
  });
});

describe('multiple choice', () => {
  const options = ['1', '22', '333', '4'];
  const rows = [
    { scores: [0, 3, 1, 2], options, label: 1 },
    { scores: [5, 5, 1, 2], options, label: 0 },
    { scores: [5, 1, 1, 2], options, label: 2 },
  ].map((row) => ({ ...row, prompt: 'which?' }));

  test('needs the right option to be alone at the top', () => {
    expect(evaluateChoice({ rows })).toMatchObject({ accuracy: { n: 3, value: 1 / 3 }, ties: 1, outcomes: '1t0' });
  });

  test('prints chance, length and the most frequent position beside it', () => {
    const baselines = Object.fromEntries(evaluateChoice({ rows }).baselines.map((each) => [each.name, each.value]));
    expect(baselines).toEqual({ random: 0.25, longer: 1 / 3, shorter: 0.5 / 3, 'most-frequent-position': 1 / 3 });
  });

  test('says what the published script would have printed: an option that reads like the right one is right', () => {
    const twice = ['a', 'b', 'a', 'c'];
    const read = { prompt: 'which?', options: twice, label: 2 };
    const metrics = evaluateChoice({ rows: [{ ...read, scores: [3, 1, 0, 2] }, { ...read, scores: [1, 3, 0, 2] }] });
    expect(metrics.accuracy.value).toBe(0);
    expect(metrics.as_released).toEqual([{ convention: 'right-by-text', value: 0.5, difference: 0.5 }]);
  });

  test('refuses scores that do not match the options', () => {
    expect(() => evaluateChoice({ rows: [{ scores: [1], prompt: '', options, label: 0 }] })).toThrow('question 0 has 4 options and 1 scores');
    expect(() => evaluateChoice({ rows: [{ scores: [1, 2, 3, 4], prompt: '', options, label: 4 }] })).toThrow('question 0 has no option 4');
  });
});

describe('Best-of-N of a reward model', () => {
  const rows = [0, 1, 2].flatMap((question) =>
    [0, 1, 2, 3].map((ordinal) => ({
      question,
      ordinal,
      score: ordinal === question ? 5 : ordinal,
      correct: ordinal === question,
      answer: `${ordinal}`,
      text: 'x'.repeat(ordinal),
    })),
  );
  const at = (metrics: ReturnType<typeof evaluateBon>, name: string): (number | null)[] =>
    metrics.curves.find((curve) => curve.name === name)?.points.map(({ value }) => value) ?? [];

  test('meets pass@1 at N = 1 for every way to select', () => {
    const metrics = evaluateBon({ rows, n: [1, 2, 4] });
    for (const { name, points } of metrics.curves) expect([name, points[0]?.value]).toEqual([name, expect.closeTo(0.25, 10)]);
    expect(metrics.pass1).toMatchObject({ n: 3, value: 0.25 });
  });

  test('is the oracle for a model that knows', () => {
    const metrics = evaluateBon({ rows, n: [4, 1, 2, 2] });
    expect(at(metrics, 'model')).toEqual(at(metrics, 'oracle').map((value) => expect.closeTo(value ?? 0, 10)));
    expect(metrics.best).toMatchObject({ at: 4, n: 3, value: 1 });
    expect(metrics.auc).toMatchObject({ n: 3, value: 1 });
    expect(at(metrics, 'random')).toEqual([0.25, 0.25, 0.25].map((value) => expect.closeTo(value, 10)));
  });

  test('gives the same for rows in any order', () => {
    expect(evaluateBon({ rows: rows.toReversed(), n: [1, 4] })).toEqual(evaluateBon({ rows, n: [1, 4] }));
  });

  test('is about the same questions at every N: one with too few candidates is left out, and counted', () => {
    const metrics = evaluateBon({ rows: rows.slice(0, -1), n: [1, 4] });
    expect(metrics.left_out).toBe(1);
    for (const { points } of metrics.curves) expect(points.map(({ n }) => n)).toEqual([2, 2]);
    expect(metrics.outcomes.map(({ values }) => values[2])).toEqual(metrics.outcomes.map(() => null));
    expect(metrics.auc.n).toBe(2);
    expect(metrics.candidates).toEqual({ total: 11, fewest: 3, most: 4 });
  });

  test('is compared with every other way to select, question by question', () => {
    const metrics = evaluateBon({ rows, n: [2] });
    const differenceTo = (name: string) => metrics.curves.find((curve) => curve.name === name)?.points[0]?.difference;
    expect(differenceTo('random')).toMatchObject({ n: 3, value: expect.closeTo(0.25, 10) });
    expect(differenceTo('oracle')).toMatchObject({ n: 3, value: expect.closeTo(0, 10) });
    expect(differenceTo('model')).toMatchObject({ value: 0, p: 1 });
  });

  test('says what the published scripts would have printed at each N, by each of their conventions and by all', () => {
    const hundred = Array.from({ length: 100 }, (_, ordinal) => ({
      question: 1,
      ordinal,
      score: ordinal,
      correct: ordinal < 10,
      answer: ordinal < 40 ? null : '7',
      text: '',
    }));
    const single = { question: 0, ordinal: 0, score: 1, correct: true, answer: '7', text: '' };
    const metrics = evaluateBon({ rows: [single, ...hundred], n: [1] });
    expect(metrics.best.value).toBeCloseTo(0.55, 12);
    const released = Object.fromEntries(metrics.as_released.map(({ convention, value }) => [convention, value]));
    expect(released['last-rows-twice']).toBeCloseTo(0.55, 12);
    expect(released['unreadable-dropped']).toBeCloseTo(1.1 / 1.6, 12);
    expect([0.5, 1]).toContain(released['one-subset']);
    expect(metrics.as_released[2]?.difference).toBeCloseTo(1.1 / 1.6 - 0.55, 12);
    const two = evaluateBon({ rows: rows.map((row) => ({ ...row, score: row.ordinal })), n: [1, 2] });
    const doubled = two.as_released.filter(({ convention }) => convention === 'last-rows-twice').map(({ value }) => value);
    expect(doubled).toEqual([expect.closeTo(0.25, 10), expect.closeTo((1 + 5 + 9) / 28 / 3, 10)]);
  });

  test('refuses an N that no question reaches', () => {
    expect(() => evaluateBon({ rows, n: [8] })).toThrow('Best-of-8 asked for; no question has more than 4 candidates');
  });
});

describe('statistics of pairs', () => {
  const row = { language: 'Python', chosen: 'abcd', rejected: 'ab', chosen_tokens: 4, rejected_tokens: 2 };

  test('count tokens by language and say what the length of the texts gives away, whatever was said around them', () => {
    const statistics = describePairs({
      lengths: createPairLengths([row, { ...row, language: 'C', chosen: 'ab', chosen_tokens: 2 }]),
      keep: { chosen: { kept: 2, of: 4 }, rejected: { kept: 2, of: 2 } },
    });
    expect(statistics.languages.map(({ language, pairs }) => [language, pairs])).toEqual([['C', 1], ['Python', 1]]);
    expect(statistics.total).toMatchObject({ pairs: 2, chosen: { n: 2, total: 6, mean: 3 }, rejected: { total: 4, mean: 2 } });
    expect(statistics.total.bias.chosen_longer).toMatchObject({ n: 2, value: 0.75, ties: 1 });
    expect(statistics.keep?.chosen).toMatchObject({ n: 4, value: 0.5 });
  });

  test('count notebooks apart from files of their language, as Table 4 does', () => {
    const rows = ['a.py', 'b.ipynb', 'c.IPYNB', null].map((path) => ({ ...row, path }));
    const { languages } = describePairs({ lengths: createPairLengths(rows) });
    expect(languages.map(({ language, pairs }) => [language, pairs])).toEqual([['Jupyter Notebook', 2], ['Python', 2]]);
  });

  test('say by language what lines, comments and fences give away, of the pairs that tell', () => {
    const fenced = { ...row, chosen: '# a\nb', chosen_comments: 3, rejected_comments: 0, chosen_fenced: true, rejected_fenced: false };
    const { languages } = describePairs({ lengths: createPairLengths([fenced, { ...row, language: 'C', prompt_tokens: 8 }]) });
    const values = languages.map(({ bias: { lines, comments, fences } }) => [lines, comments, fences].map(({ n, value }) => [n, value]));
    expect(values).toEqual([[[1, 0.5], [0, null], [0, null]], [[1, 1], [1, 1], [1, 1]]]);
    expect(languages.map(({ prompt }) => prompt)).toEqual([{ n: 1, total: 8, mean: 8 }, { n: 0, total: 0, mean: null }]);
  });

  test('say what length gives away where an endpoint counted nothing, or tokens say otherwise', () => {
    const { total } = describePairs({ lengths: createPairLengths([{ ...row, chosen_tokens: null }, { ...row, chosen_tokens: 1 }]) });
    expect(total.chosen).toEqual({ n: 1, total: 1, mean: 1 });
    expect(total.bias.chosen_longer).toMatchObject({ n: 2, value: 1 });
  });
});

test('the last number of a text is read with its sign, commas and decimals', () => {
  expect(['so 5 - 3 = 2.', 'x=-1,234.5!', '7-3', 'none', '3.5.'].map(lastNumber)).toEqual([2, -1234.5, 3, null, 3.5]);
});
