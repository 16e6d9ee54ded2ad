import { describe, expect, test } from 'vitest';
import type { AccuracyMetrics, DataStatistics, FigureOf, PlanView, PlanViewCell, TableOf } from '../../../plan/index.ts';
import type { ReportInput, ViewFigure, ViewTable } from '../../../ports/report.ts';
import { resolveViews } from '../../../report/views/resolve.ts';
import { evaluateAccuracy } from '../../../stats/index.ts';

/** Metrics of twenty pairs, the first `right` of which are decided rightly. */
function measured(right: number): AccuracyMetrics {
  const pairs = Array.from({ length: 20 }, (_, index) => ({
    chosen_score: index < right ? 1 : 0,
    rejected_score: index < right ? 0 : 1,
    chosen: `yes ${index}`,
    rejected: `no ${index}`,
    kind: '',
    prompt: String(index),
    origin: String(index),
  }));
  return evaluateAccuracy({ rows: pairs });
}

const source = (step: string) => ({ step, key: `key-${step}`, artifact: `artifact-${step}` });

/** Numbers of texts with a count, and their tokens. */
function tokens(...sides: [n: number, total: number][]) {
  const [prompt, chosen, rejected] = sides.map(([n, total]) => ({ n, total, mean: n === 0 ? null : total / n }));
  return { prompt, chosen, rejected };
}

const statistics = {
  languages: [
    { language: 'C', pairs: 100, ...tokens([100, 300], [100, 100], [100, 100]) },
    { language: 'Go', pairs: 200, ...tokens([200, 600], [200, 500], [200, 200]) },
    { language: 'Python', pairs: 1200, ...tokens([1200, 1200], [1200, 2400], [1200, 1320]) },
  ],
  total: { language: '', pairs: 1500, ...tokens([1500, 2100], [0, 0], [0, 0]) },
} as unknown as DataStatistics;

/** Of pairs that another seed made. */
const ofOtherSeed = {
  languages: [{ language: 'Python', pairs: 700, ...tokens([700, 700], [700, 1400], [700, 700]) }],
  total: { language: '', pairs: 700, ...tokens([700, 700], [0, 0], [0, 0]) },
} as unknown as DataStatistics;

const results: Pick<ReportInput, 'metrics' | 'training' | 'data'> = {
  metrics: [
    { ...source('a1'), metrics: measured(10) },
    { ...source('a2'), metrics: measured(14) },
    { ...source('b1'), metrics: measured(18) },
  ],
  training: [{ ...source('rm'), curve: [] }],
  data: [
    { ...source('pairs'), statistics },
    { ...source('other-pairs'), statistics: ofOtherSeed },
  ],
};

const node = {
  inputs: {
    metrics: ['a1', 'a2', 'b1'].map((id) => ({ node: id, output: 'out' })),
    training: [{ node: 'rm', output: 'out' }],
    data: ['pairs', 'other-pairs'].map((id) => ({ node: id, output: 'out' })),
  },
};

const cell = (nodes: string[], more: Partial<PlanViewCell> = {}): PlanViewCell => ({
  nodes,
  seeds: nodes.map((_, index) => index + 1),
  metric: 'accuracy',
  n: null,
  ...more,
});

const head = { name: 't', label: '', title: 'T.', footnotes: [], once: [] };

function tableOf(rows: [heads: string[], cells: PlanViewCell[]][], more: Partial<TableOf<PlanViewCell> & PlanView> = {}): ViewTable {
  const table: TableOf<PlanViewCell> & PlanView = {
    ...head,
    form: 'table',
    rowHeads: ['model'],
    columnHeads: [['x']],
    rows: rows.map(([heads, cells]) => ({ heads, cells })),
    ...more,
  };
  const missing = { c1: { title: 'accuracy (seed=1)', why: 'skipped after out-of-memory' } };
  return resolveViews([table], { node, results, missing })[0] as ViewTable;
}

const cellOf = (planned: PlanViewCell) => tableOf([[['a'], [planned]]]).rows[0]?.cells[0];

describe('a cell', () => {
  test('has the mean over its seeds, the places of its sources and the number of items of a seed', () => {
    expect(cellOf(cell(['a1', 'a2']))).toMatchObject({ value: 0.6, n: 20, seeds: [1, 2], sources: [0, 1] });
  });

  test('has an interval that holds its value', () => {
    const { value, interval } = cellOf(cell(['a1'])) ?? {};
    expect(value).toBe(0.5);
    expect(interval?.[0]).toBeLessThan(0.5);
    expect(interval?.[1]).toBeGreaterThan(0.5);
  });

  test('says why it is empty: its result was skipped, is not there yet, or the plan has none', () => {
    expect(cellOf(cell(['c1']))).toMatchObject({ value: null, reason: 'skipped after out-of-memory', sources: [] });
    expect(cellOf(cell(['d1']))).toMatchObject({ value: null, reason: 'not finished yet' });
    expect(cellOf(cell([], { reason: 'no cell has size=1' }))).toMatchObject({ value: null, reason: 'no cell has size=1' });
    expect(cellOf(cell(['a1'], { metric: 'auc' }))).toMatchObject({ value: null, reason: 'eval/accuracy measures no auc', sources: [0] });
  });

  test('has the seeds that are there, where others are missing', () => {
    expect(cellOf(cell(['a1', 'c1']))).toMatchObject({ value: 0.5, seeds: [1], sources: [0] });
  });

  test('shows settings and statistics of pairs as text, and what was printed elsewhere beside it', () => {
    const setting = cellOf(cell(['rm'], { text: '3e-6', published: '1e-6' }));
    expect(setting).toMatchObject({ text: '3e-6', published: '1e-6', value: null, sources: [3] });
    expect(cellOf(cell(['unread'], { text: '0.1' }))).toMatchObject({ text: '0.1', sources: [] });
    expect(cellOf(cell(['pairs'], { metric: 'pairs' }))).toMatchObject({ value: 1500, text: '1,500', sources: [4] });
    expect(cellOf(cell(['pairs'], { metric: 'tokens', part: 'Python' }))).toMatchObject({ text: '4,920' });
    expect(cellOf(cell(['pairs'], { metric: 'rejected-length', part: 'Python' }))).toMatchObject({ text: '1.1' });
    expect(cellOf(cell(['pairs'], { metric: 'tokens' }))).toMatchObject({ value: null, reason: 'its prompts or answers have no token counts' });
    expect(cellOf(cell(['pairs'], { metric: 'prompt-length' }))).toMatchObject({ text: '1.4' });
    expect(cellOf(cell(['pairs'], { metric: 'pairs', part: 'R' }))).toMatchObject({ value: null, reason: 'there are no pairs in R' });
  });

  test('has the mean of the pairs and tokens that its seeds made, and the length over all their pairs', () => {
    const ofSeeds = (metric: string, part?: string) => cellOf(cell(['pairs', 'other-pairs'], { metric, ...(part !== undefined && { part }) }));
    expect(ofSeeds('pairs')).toMatchObject({ value: 1100, n: 1100, text: '1,100', seeds: [1, 2], sources: [4, 5] });
    expect(ofSeeds('pairs', 'Go')).toMatchObject({ value: 100, text: '100' });
    expect(ofSeeds('tokens', 'Python')).toMatchObject({ value: (4920 + 2800) / 2, n: 950, text: '3,860' });
    expect(ofSeeds('prompt-length')).toMatchObject({ value: 2800 / 2200, text: '1.3' });
  });

  test('sums the languages that no other cell names', () => {
    const others = (metric: string, ...named: string[]) => {
      const cells = [...named, 'others'].map((part) => cell(['pairs'], { metric, part }));
      return tableOf([[['a'], cells]]).rows[0]?.cells.at(-1);
    };
    expect(others('pairs', 'Python')).toMatchObject({ value: 300 });
    expect(others('chosen-length', 'Python')).toMatchObject({ text: '2.0', n: 300 });
    expect(others('tokens', 'Python', 'C')).toMatchObject({ text: '1,300' });
    expect(others('pairs', 'Python', 'C', 'Go')).toMatchObject({ value: null, reason: 'there are no pairs in other languages' });
  });
});

describe('a table', () => {
  test('marks the best of a column among the rows that share their outer headings, and none of two equal ones', () => {
    const { rows } = tableOf([
      [['x', '1'], [cell(['a1'])]],
      [['x', '2'], [cell(['a2'])]],
      [['y', '1'], [cell(['b1'])]],
      [['y', '2'], [cell(['b1'])]],
      [['z', '1'], [cell(['b1'])]],
    ]);
    expect(rows.map(({ cells }) => cells[0]?.best ?? false)).toEqual([false, true, false, false, false]);
  });

  test('says how it was folded, and what was trained once', () => {
    expect(tableOf([[['a'], [cell(['a1'])]]]).folded).toBe(
      'One result a cell: the intervals speak of these models on such items, not of the method.',
    );
    expect(tableOf([[['a'], [cell(['a1', 'a2'])]]], { once: ['pmp'] }).folded).toMatch(/^Mean of 2 seeds a cell; .*\. pmp was trained once: /);
    expect(tableOf([[['a'], [cell(['c1'])]]]).folded).toBe('');
    const pairs = (...nodes: string[]) => tableOf([[['a'], [cell(nodes, { metric: 'pairs' })]]]).folded;
    expect(pairs('pairs')).toBe('');
    expect(pairs('pairs', 'other-pairs')).toBe('Pairs and tokens are the mean of 2 seeds, lengths that of all their pairs.');
  });

  test('says which difference between the cells of a column would show, by column where columns differ', () => {
    const one = [[['a'], [cell(['a1'])]], [['b'], [cell(['b1'])]]] satisfies Parameters<typeof tableOf>[0];
    const lead = / Two cells of a column that rest on different items would have to differ by /.source;
    expect(tableOf(one).folded).toMatch(new RegExp(`${lead}0\\.\\d{3} for this to show in four of five cases; `));
    const two = one.map(([heads, cells]): (typeof one)[number] => [heads, [...cells, cell(['a1', 'a2', 'b1'])]]);
    const heads = [['few', 'many']];
    expect(tableOf(two, { columnHeads: heads }).folded).toMatch(new RegExp(`${lead}0\\.\\d{3} \\(few\\) and 0\\.\\d{3} \\(many\\) for this to show`));
    expect(tableOf(one.slice(1)).folded).not.toContain('differ');
  });
});

/** What is drawn or said at each point of a line, at 100, 200, 400. */
function drawnAt(cells: PlanViewCell[]): (string | number | null)[] {
  const points = cells.map((each, index) => ({ x: 100 * 2 ** index, cell: each }));
  const ticks = points.map(({ x }) => ({ at: x, label: String(x) }));
  const figure: FigureOf<PlanViewCell> & PlanView = {
    ...head,
    form: 'figure',
    panels: [
      {
        title: '',
        x: { label: 'pairs', scale: 'log2', ticks },
        y: { label: 'accuracy' },
        lines: [{ label: '', role: 'series', points }],
        fit: null,
      },
    ],
  };
  const [view] = resolveViews([figure], { node, results, missing: {} }) as [ViewFigure];
  return (view.panels[0]?.lines[0]?.points ?? []).map(({ cell: { value, reason } }) => reason ?? value);
}

test('a line has one point for a result that several of its points share', () => {
  expect(drawnAt([cell(['a1']), cell(['b1']), cell(['b1'])])).toEqual([0.5, 0.9, 'the same result as at 200']);
});

test('a line has all points of one result that measured at several N, also where they are equal', () => {
  expect(drawnAt([1, 2, 4].map((n) => cell(['a1'], { n })))).toEqual([0.5, 0.5, 0.5]);
});
