import { describe, expect, test } from 'vitest';
import { compile } from '../../../compile/index.ts';
import type { CompileOptions } from '../../../compile/index.ts';
import { cellsOfView } from '../../../plan/index.ts';
import type { FigureOf, PlanView, PlanViewCell, TableOf } from '../../../plan/index.ts';
import { config, planOf } from '../rig.ts';

const steps = `codepmp: 1
name: study
params:
  seed: {type: integer, default: 1}
  base: {type: string, default: smollm2-135m-instruct}
  init: {type: checkpoint, default: pmp}
  size: {type: integer, default: 300}
models:
  strong: {endpoint: local-strong, max_tokens: 256}
  weak: {endpoint: local-weak, max_tokens: 256, temperature: 0.9}
steps:
  code: {uses: source/files, with: {source: python-stdlib}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
  pmp: {uses: train/pmp, with: {base: $base, pairs: pairs}}
  sums: {uses: dataset/arithmetic, with: {train: $size}}
  rm: {uses: train/rm, with: {init: $init, pairs: sums.train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: sums.test}}
  choice: {uses: eval/choice, with: {model: rm, choices: sums.choices}}
  solutions: {uses: candidates, with: {questions: sums.questions, model: strong, n: 8}}
  graded: {uses: grade, with: {candidates: solutions}}
  bon: {uses: eval/bon, with: {model: rm, candidates: graded, n: [1, 8, 4]}}
  report: {uses: report, with: {metrics: [accuracy, choice, bon], data: [pairs]}}
`;

const sweeps = `sweeps:
  efficiency:
    grid: {init: [pmp, $base], size: {geometric: {from: 100, to: 400, ratio: sqrt2}}}
    seeds: [1, 2, 3]
  plain:
    grid: {init: [$base]}
    seeds: [1, 2]
`;

/** The views of a file with these, the ones that it gets by itself left out where `own`. */
function viewsOf(text: string, options: Partial<CompileOptions> = {}): PlanView[] {
  const { plan, rendered } = compile({ source: `${steps}${sweeps}${text}`, file: 'p.yaml', config, ...options });
  if (!plan) throw new Error(rendered.join('\n\n'));
  return plan.nodes.find(({ kind }) => kind === 'report')?.views ?? [];
}

const tableOf = (text: string, options: Partial<CompileOptions> = {}) => viewsOf(text, options)[0] as TableOf<PlanViewCell> & PlanView;
const figureOf = (text: string, options: Partial<CompileOptions> = {}) => viewsOf(text, options)[0] as FigureOf<PlanViewCell> & PlanView;

/** Steps behind a cell. */
const stepsOf = ({ nodes }: PlanViewCell): string[] => nodes.map((node) => node.split('@')[0] ?? '');

describe('a table', () => {
  test('has a row for each value of a param and a column for each step that measures, with a node for each seed', () => {
    const { rows, columnHeads, rowHeads } = tableOf('views: {t: {sweep: efficiency, of: {size: 100}, rows: [init]}}\n');
    expect(rowHeads).toEqual(['init']);
    expect(columnHeads).toEqual([['accuracy', 'choice', 'bon']]);
    expect(rows.map(({ heads }) => heads)).toEqual([['pmp'], ['smollm2-135m-instruct']]);
    expect(rows[0]?.cells.map(stepsOf)).toEqual([Array(3).fill('accuracy'), Array(3).fill('choice'), Array(3).fill('bon')]);
    expect(rows[0]?.cells[0]?.seeds).toEqual([1, 2, 3]);
    expect(new Set(rows.flatMap(({ cells }) => cells.flatMap(({ nodes }) => nodes))).size).toBe(18);
  });

  test('has levels of rows and of columns under their labels, and numbers printed elsewhere beside its cells', () => {
    const { rows, columnHeads, rowHeads, label, title, footnotes } = tableOf(`views:
  t:
    label: Table 9
    title: Two models.
    sweep: efficiency
    heads: [Size, PMP]
    rows: [{small: {size: 100}, large: {size: 400}}, {✓: {init: pmp}, ✗: {init: $base}}]
    columns: [{Sums: {step: accuracy}, Eight: {step: bon, n: 8}}]
    published: [0.5 0.600, 0.4 -, 0.7 0.8, 0.6 0.7]
    footnotes: [They printed 0.61 in their text.]
`);
    expect([label, title, footnotes]).toEqual(['Table 9', 'Two models.', ['They printed 0.61 in their text.']]);
    expect([rowHeads, columnHeads]).toEqual([['Size', 'PMP'], [['Sums', 'Eight']]]);
    expect(rows.map(({ heads }) => heads.join(' '))).toEqual(['small ✓', 'small ✗', 'large ✓', 'large ✗']);
    expect(rows.map(({ cells }) => cells.map(({ published }) => published))).toEqual([
      ['0.5', '0.600'],
      ['0.4', undefined],
      ['0.7', '0.8'],
      ['0.6', '0.7'],
    ]);
    expect(rows[0]?.cells.map(({ metric, n }) => [metric, n])).toEqual([['accuracy', null], ['accuracy', 8]]);
  });

  test('takes another step in each row and column where a row lists them', () => {
    const { rows } = tableOf(`views:
  t:
    sweep: efficiency
    of: {init: pmp, size: 100}
    rows: [{first: {steps: [accuracy, choice]}, second: {steps: [choice, accuracy]}}]
    columns: [{left: {}, right: {}}]
`);
    expect(rows.map(({ cells }) => cells.map((cell) => stepsOf(cell)[0]))).toEqual([['accuracy', 'choice'], ['choice', 'accuracy']]);
  });

  test('shows settings as text, one that differs with the seed with all of its values', () => {
    const { rows } = tableOf(`views:
  t:
    sweep: efficiency
    of: {init: pmp}
    rows: [{lr: {setting: schedule.lr}, seed: {setting: seed}, layers: {setting: layers}}]
    columns: [{PMP: {step: pmp}, RM: {step: rm}}]
`);
    expect(rows.map(({ cells }) => cells.map(({ text }) => text))).toEqual([['3e-6', '1e-6'], ['1', '1, 2, 3'], ['–', '–']]);
    expect(rows[0]?.cells[0]).toMatchObject({ nodes: ['pmp'], metric: '' });
    expect(rows[1]?.cells.map((cell) => [...new Set(stepsOf(cell))])).toEqual([['pmp'], ['rm']]);
  });

  test('shows statistics of pairs, by language', () => {
    const { rows } = tableOf(`views:
  t:
    of: {step: pairs}
    rows: [{Python: {part: Python}, Total: {}}]
    columns: [{Pairs: {metric: pairs}, Chosen: {metric: chosen-length}}]
`);
    expect(rows[0]?.cells).toMatchObject([
      { nodes: ['pairs'], metric: 'pairs', part: 'Python' },
      { nodes: ['pairs'], metric: 'chosen-length', part: 'Python' },
    ]);
    expect(rows[1]?.cells[0]).not.toHaveProperty('part');
  });

  test('says in a cell why it is empty: nothing has these values together, or the file says that nothing is there', () => {
    const { rows } = tableOf(`views:
  t:
    rows: [{a: {sweep: plain, step: accuracy}, b: {sweep: efficiency, step: accuracy, init: $base}, c: {absent: there is no third}}]
    columns: [{small: {size: 100}, usual: {size: 300}}]
`);
    expect(rows.map(({ cells }) => cells.map(({ reason, nodes }) => reason ?? nodes.length))).toEqual([
      ['no cell of the sweep plain has accuracy with size=100', 2],
      [3, 'no cell of the sweep efficiency has accuracy with init=$base, size=300'],
      ['there is no third', 'there is no third'],
    ]);
  });

  test('leaves out rows of values that no cell has together', () => {
    const zipped = steps
      .replace('params:', 'params:\n  a: {type: integer, default: 1}\n  b: {type: integer, default: 1}')
      .replace('seed: $seed', 'seed: $a, epochs: $b');
    const plan = planOf(`${zipped}sweeps: {z: {zip: {a: [1, 2], b: [3, 4]}}}
views: {t: {sweep: z, rows: [a, b], columns: [{x: {step: accuracy}}]}}
`);
    const view = plan.nodes.find(({ kind }) => kind === 'report')?.views?.[0] as TableOf<PlanViewCell>;
    expect(view.rows.map(({ heads }) => heads)).toEqual([['1', '3'], ['2', '4']]);
  });

  test('names the trainings that all seeds share', () => {
    const { once } = tableOf('views: {t: {sweep: efficiency, of: {size: 100}, rows: [init]}}\n');
    expect(once).toEqual(['pmp']);
  });
});

describe('a figure', () => {
  test('runs along a param on a scale that fits its values, with a panel for each step', () => {
    const { panels } = figureOf('views: {f: {sweep: efficiency, x: size, lines: [init], fit: power law}}\n');
    expect(panels.map(({ title }) => title)).toEqual(['accuracy', 'choice', 'bon']);
    expect(panels[0]?.x).toEqual({
      label: 'size',
      scale: 'log sqrt2',
      ticks: [100, 141, 200, 283, 400].map((at) => ({ at, label: String(at) })),
    });
    expect(panels[0]?.fit).toBe('power law');
    expect(panels[0]?.lines.map(({ label }) => label)).toEqual(['init=pmp', 'init=smollm2-135m-instruct']);
    const seeds = panels[0]?.lines[0]?.points.map(({ x, cell }) => [x, cell.nodes.length]);
    expect(seeds).toEqual([100, 141, 200, 283, 400].map((x) => [x, 3]));
  });

  test('runs along the N that its steps measure', () => {
    const { panels } = figureOf(`views:
  f:
    sweep: efficiency
    of: {size: 100, init: pmp}
    x: {by: n, label: Candidates}
    y: Share of questions
    panels: [{Sums: {step: bon}}]
    lines: [{model: {}, majority: {metric: auc, reference: true}}]
`);
    expect(panels).toHaveLength(1);
    expect(panels[0]).toMatchObject({ title: 'Sums', x: { label: 'Candidates', scale: 'log2' }, y: { label: 'Share of questions' } });
    expect(panels[0]?.lines.map(({ label, role, points }) => [label, role, points.map(({ cell }) => cell.n)])).toEqual([
      ['model', 'series', [1, 4, 8]],
      ['majority', 'reference', [null, null, null]],
    ]);
  });

  test('has a line of another sweep, which is one number over the whole axis', () => {
    const { panels } = figureOf(`views:
  f:
    sweep: efficiency
    of: {init: pmp, step: accuracy}
    x: size
    panels: [{Sums: {}}]
    lines: [{with: {}, without: {sweep: plain, init: $base, reference: true}}]
`);
    expect(panels[0]?.lines.map(({ role, points }) => [role, points.map(({ x, cell }) => [x, cell.seeds])])).toEqual([
      ['series', [100, 141, 200, 283, 400].map((x) => [x, [1, 2, 3]])],
      ['reference', [[100, [1, 2]]]],
    ]);
  });
});

describe('a sweep that no view shows', () => {
  test('gets a table by its axes, and a figure along N', () => {
    const plan = planOf(`${steps}sweeps: {arms: {grid: {init: [pmp, $base]}, seeds: [1, 2]}}\n`);
    const views = plan.nodes.find(({ kind }) => kind === 'report')?.views ?? [];
    expect(views.map(({ name, form }) => [name, form])).toEqual([['arms', 'table'], ['arms-by-n', 'figure']]);
    expect((views[0] as TableOf<PlanViewCell>).rows.map(({ heads }) => heads)).toEqual([['pmp'], ['smollm2-135m-instruct']]);
  });

  test('gets a figure where an axis is long', () => {
    const [view] = viewsOf('views: {t: {sweep: plain, columns: [{x: {step: accuracy}}]}}\n').slice(1);
    expect(view).toMatchObject({ name: 'efficiency', form: 'figure', title: 'Accuracy over the sweep efficiency.' });
  });

  test('is not there in a file without sweeps, whose measurements get a table', () => {
    const views = planOf(steps).nodes.find(({ kind }) => kind === 'report')?.views ?? [];
    expect(views.map(({ name }) => name)).toEqual(['results', 'results-by-n']);
    expect((views[0] as TableOf<PlanViewCell>).rows.map(({ heads, cells }) => [heads, cells.flatMap(stepsOf)])).toEqual([
      [['accuracy'], ['accuracy']],
      [['choice'], ['choice']],
      [['bon'], ['bon']],
    ]);
  });
});

describe('in a plan', () => {
  test('views change the key of the report and no other', () => {
    const keys = (text: string) => {
      const { nodes } = planOf(`${steps}${sweeps}${text}`);
      const [reports, others] = [true, false].map((isReport) => nodes.filter(({ kind }) => (kind === 'report') === isReport));
      return { report: reports?.[0]?.key, rest: others?.map(({ key }) => key) };
    };
    const view = 'sweep: efficiency, of: {size: 100}, rows: [init]';
    const [one, other] = ['A.', 'B.'].map((title) => keys(`views: {t: {title: ${title}, ${view}}}\n`));
    expect(one?.rest).toEqual(other?.rest);
    expect(one?.report).not.toBe(other?.report);
  });

  test('a part of the cells leaves out the views of the others, and empties their cells', () => {
    const text = `views:
  both: {rows: [{a: {sweep: plain, init: $base}, b: {sweep: efficiency, size: 100, init: pmp}}], columns: [{x: {step: accuracy}}]}
  one: {sweep: efficiency, of: {size: 100}, rows: [init]}
`;
    const views = viewsOf(text, { sweeps: ['plain'] });
    expect(views.map(({ name }) => name)).toEqual(['both']);
    expect(cellsOfView(views[0] as PlanView).map(({ nodes }) => nodes.length)).toEqual([2]);
  });

  test('a file over another one changes, adds and removes its views; those of a sweep that it removes go with it', () => {
    const base = `${steps}${sweeps}views:
  t: {title: A., sweep: efficiency, of: {size: 100}, rows: [init]}
  u: {sweep: efficiency, of: {size: 100, init: pmp}}
  w: {sweep: plain}
`;
    const over = `codepmp: 1
extends: ./base.yaml
name: over
sweeps: {plain: null}
views: {t: {title: B., of: {size: 400}}, u: null, v: {sweep: efficiency, of: {size: 200}, rows: [init]}}
`;
    const { plan, rendered } = compile({ source: over, file: 'over.yaml', files: { 'base.yaml': base }, config });
    if (!plan) throw new Error(rendered.join('\n\n'));
    const views = plan.nodes.find(({ kind }) => kind === 'report')?.views ?? [];
    expect(views.map(({ name, title }) => [name, title])).toEqual([['t', 'B.'], ['v', 'v: by init']]);
  });

  test('views of a base without sweeps stay where seeds are repeated, and go where its cells are varied', () => {
    const base = `${steps}views: {t: {rows: [{all: {step: accuracy}}], columns: [{x: {}}]}}\n`;
    const namesOver = (sweep: string): string[] => {
      const over = `codepmp: 1\nextends: ./base.yaml\nname: over\nsweeps: {s: ${sweep}}\n`;
      const { plan, rendered } = compile({ source: over, file: 'over.yaml', files: { 'base.yaml': base }, config });
      if (!plan) throw new Error(rendered.join('\n\n'));
      return (plan.nodes.find(({ kind }) => kind === 'report')?.views ?? []).map(({ name }) => name);
    };
    expect(namesOver('{seeds: [1, 2]}')).toEqual(['t', 's', 's-by-n']);
    expect(namesOver('{grid: {size: [100, 200]}}')).toEqual(['s', 's-by-n']);
  });
});
