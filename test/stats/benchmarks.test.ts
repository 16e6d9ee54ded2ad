import { describe, expect, test } from 'vitest';
import { measuredNames } from '../../plan/benchmarks.ts';
import { evaluateRewardbench, evaluateRmBench, measuredValues } from '../../stats/index.ts';

/** Pairs of a kind and a level, of which so many are right. */
const pairs = (kind: string, right: number, of: number, level = '') =>
  Array.from({ length: of }, (_, index) => ({
    prompt: `${kind} ${index}`,
    chosen: 'c',
    rejected: 'r',
    kind,
    level,
    origin: `${kind} ${index}`,
    chosen_score: index < right ? 1 : 0,
    rejected_score: 0.5,
  }));

describe('RewardBench', () => {
  const core = [
    pairs('alpacaeval-easy', 8, 10),
    pairs('mt-bench-hard', 1, 2),
    pairs('donotanswer', 3, 4),
    pairs('math-prm', 2, 10),
    pairs('hep-go', 9, 10),
  ];

  test('weights subsets as the benchmark says, whatever their number of pairs', () => {
    const metrics = evaluateRewardbench({ rows: core.flat() });
    const valueOf = (name: string) => metrics.sections.find(({ section }) => section === name)?.accuracy.value;
    expect(valueOf('reasoning')).toBeCloseTo((984 * 0.2 + 164 * 0.9) / (984 + 164), 12);
    expect(valueOf('prior-sets')).toBeNull();
    expect(metrics.overall).toMatchObject({ n: 36, value: expect.closeTo((0.8 + 0.5 + 0.75 + (valueOf('reasoning') ?? 0)) / 4, 12) });
  });

  test('has prior sets at half weight, each as much as any other', () => {
    const metrics = evaluateRewardbench({ rows: [...core, pairs('summarize', 1, 2), pairs('shp', 4, 4)].flat() });
    const reasoning = (984 * 0.2 + 164 * 0.9) / (984 + 164);
    expect(metrics.sections.at(-1)).toMatchObject({ section: 'prior-sets', weight: 0.5, accuracy: { n: 6, value: 0.75 } });
    expect(metrics.overall.value).toBeCloseTo((0.8 + 0.5 + 0.75 + reasoning + 0.375) / 4.5, 12);
  });

  test('has no overall value where a section has no pairs, and pairs of no subset count in none', () => {
    const metrics = evaluateRewardbench({ rows: [...pairs('hep-go', 1, 2), ...pairs('of my own', 2, 2)] });
    expect(metrics.overall.value).toBeNull();
    expect(metrics.sections.find(({ section }) => section === 'reasoning')?.accuracy).toMatchObject({ n: 2, value: 0.5 });
    expect(measuredValues(metrics, { name: 'overall', n: null })).toEqual({ kind: 'missing', reason: 'a part of it has no pairs' });
    expect(measuredValues(metrics, { name: 'chat', n: null })).toEqual({ kind: 'missing', reason: 'it has no pairs of chat' });
  });

  test('gives claims the same value as the tables, for every name that has one', () => {
    const metrics = evaluateRewardbench({ rows: [...core, pairs('summarize', 1, 2)].flat() });
    for (const name of measuredNames['eval/rewardbench']) {
      const found = measuredValues(metrics, { name, n: null });
      const shown = [
        { name: 'overall', accuracy: metrics.overall },
        ...metrics.sections.map((each) => ({ name: each.section, ...each })),
        ...metrics.subsets.map((each) => ({ name: each.subset, ...each })),
      ].find((each) => each.name === name)?.accuracy.value;
      if (found.kind === 'missing') expect([name, shown ?? null]).toEqual([name, null]);
      else {
        const weights = found.weights ?? [];
        const total = found.values.reduce<number>((sum, value, index) => sum + (value ?? 0) * (weights[index] ?? 0), 0);
        expect(total / weights.reduce((sum, each) => sum + each, 0)).toBeCloseTo(shown ?? -1, 12);
      }
    }
  });
});

describe('RM-Bench', () => {
  const levels = (kind: string, [easy, normal, hard]: [number, number, number]) =>
    [pairs(kind, easy, 10, 'easy'), pairs(kind, normal, 10, 'normal'), pairs(kind, hard, 5, 'hard')].flat();
  const rows = [levels('chat', [9, 5, 1]), levels('code', [8, 6, 2]), levels('math', [7, 5, 3]), levels('safety-refuse', [10, 10, 5])].flat();

  test('is the mean of levels in a domain and of domains overall, the halves of safety counting half', () => {
    const metrics = evaluateRmBench({ rows: [...rows, ...levels('safety-response', [0, 0, 0])] });
    const domain = (name: string) => metrics.domains.find((each) => each.domain === name)?.accuracy.value;
    expect(domain('chat')).toBeCloseTo((0.9 + 0.5 + 0.2) / 3, 12);
    expect(domain('safety')).toBeCloseTo(0.5, 12);
    const domains = ['chat', 'code', 'math', 'safety'].map((name) => domain(name) ?? 0);
    expect(metrics.overall.value).toBeCloseTo(domains.reduce((sum, each) => sum + each, 0) / 4, 12);
    expect(metrics.levels.map(({ accuracy }) => accuracy.value)).toEqual(
      [(0.9 + 0.8 + 0.7 + 0.5) / 4, (0.5 + 0.6 + 0.5 + 0.5) / 4, (0.2 + 0.4 + 0.6 + 0.5) / 4].map((value) => expect.closeTo(value, 12)),
    );
    expect(measuredValues(metrics, { name: 'code/hard', n: null })).toMatchObject({ kind: 'values' });
    const other = measuredValues(metrics, { name: 'code/simple', n: null });
    expect(other).toEqual({ kind: 'missing', reason: 'eval/rm-bench measures no code/simple' });
  });

  test('has no overall value where a domain has no pairs, and refuses a pair of no domain', () => {
    expect(evaluateRmBench({ rows: levels('chat', [1, 1, 1]) }).overall.value).toBeNull();
    const refused = "pair 0 is of no domain and level of RM-Bench: kind 'poetry', level 'easy'";
    expect(() => evaluateRmBench({ rows: pairs('poetry', 1, 1, 'easy') })).toThrow(refused);
  });
});
