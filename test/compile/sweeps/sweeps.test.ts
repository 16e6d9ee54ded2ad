import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Json, Plan, PlanCell } from '../../../plan/index.ts';
import { titleOf } from '../../../plan/index.ts';
import { compile } from '../../../compile/index.ts';
import { compileText, config, planOf } from '../rig.ts';

const study = `codepmp: 1
name: study
params:
  seed: {type: integer, default: 1}
  scheduler: {enum: [wsd, wcd], default: wsd}
  eoc: {type: boolean, default: false}
  base: {type: string, default: smollm2-135m-instruct}
  init: {type: checkpoint, default: pmp}
  rm_pairs: {type: integer, default: 300, minimum: 1}
  chosen: {type: step, default: strong-answers}
  rejected: {type: step, default: weak-answers}
  train: {type: step, default: math.train}
  test: {type: step, default: math.test}
alternatives:
  task:
    math: {train: math.train, test: math.test}
    sums: {train: sums.train, test: sums.test}
models:
  strong: {endpoint: local-strong, max_tokens: 256}
  weak: {endpoint: local-weak, max_tokens: 256, temperature: 0.5}
steps:
  code: {uses: source/files, with: {source: python-stdlib}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  half: {uses: clip, with: {prompts: prompts, keep: 0.5}}
  strong-answers: {uses: respond, with: {prompts: prompts, model: strong}}
  weak-answers: {uses: respond, with: {prompts: prompts, model: weak}}
  clipped-answers: {uses: respond, with: {prompts: half, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: $chosen, rejected: $rejected}}
  pmp: {uses: train/pmp, with: {base: $base, pairs: pairs, eoc: $eoc, schedule: {kind: $scheduler}}}
  math: {uses: dataset/arithmetic, with: {train: $rm_pairs}}
  sums: {uses: dataset/arithmetic, with: {train: $rm_pairs, seed: 8}}
  rm: {uses: train/rm, with: {init: $init, pairs: $train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: $test}}
  report: {uses: report, with: {metrics: [accuracy]}}
`;

const rates = study
  .replace('params:', 'params:\n  lr: {type: number, default: 1e-4}')
  .replace('seed: $seed}', 'seed: $seed, schedule: {lr: $lr}}');

const withSweeps = (sweeps: Json) => `${study}${stringify({ sweeps }, { aliasDuplicateObjects: false })}`;
const cellsOf = (sweeps: Json) => planOf(withSweeps(sweeps)).cells;
const valuesOf = (cells: PlanCell[], ...names: string[]) => cells.map(({ values }) => names.map((name) => values[name]));
const nodesOf = (plan: Plan, step: string) => plan.nodes.filter((node) => node.step === step);

describe('a value that is given', () => {
  const problemsOf = (sweeps: Json, set: { [name: string]: string }) =>
    compileText(withSweeps(sweeps), set).diagnostics.map(({ code, message, hint }) => [code, message, hint]);

  test('to a param that a sweep binds by a choice is refused, as where it binds the param itself', () => {
    expect(problemsOf({ a: { grid: { task: ['math', 'sums'] } } }, { train: 'math.train' })).toEqual([
      [
        'E0189',
        '--set train=math.train conflicts with the sweep a, which varies train',
        'choose a part of the sweep with --cell train=math.train, or run without sweeps: --no-sweeps',
      ],
    ]);
  });

  test('to a param that a sweep binds is one mistake, also where the value is none that the param takes', () => {
    const rest = 'run without sweeps: --no-sweeps';
    expect(problemsOf({ a: { grid: { eoc: [false, true] } } }, { eoc: 'perhaps' })).toEqual([
      ['E0189', '--set eoc=perhaps conflicts with the sweep a, which varies eoc', `change the values in the sweep, or ${rest}`],
    ]);
    expect(problemsOf({ a: { grid: { scheduler: ['wsd', 'wcd'] } } }, { eoc: 'perhaps' })).toEqual([
      ['E0124', '--set eoc=perhaps does not fit the param', undefined],
    ]);
    const { diagnostics } = compile({
      source: withSweeps({ a: { grid: { eoc: [false, true] } } }),
      file: 'pipeline.yaml',
      set: { eoc: 'perhaps' },
      sweeps: [],
      config,
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(['E0124']);
  });

  test('to a param beside a choice that binds it is refused', () => {
    expect(problemsOf({}, { task: 'sums', train: 'math.train' })).toEqual([
      ['E0124', '--set train=math.train: --set task=sums also sets train', 'omit one of the two'],
    ]);
  });

  test('to a group stands where a sweep binds one of its params', () => {
    const { cells } = planOf(withSweeps({ a: { grid: { train: ['math.train'] } } }), { task: 'sums' });
    expect(valuesOf(cells, 'task', 'train', 'test')).toEqual([['sums', 'math.train', 'sums.test']]);
  });
});

describe('the cells of a sweep', () => {
  test('are one cell of the defaults where there is no sweep', () => {
    const { cells, nodes } = planOf(study);
    expect(cells).toHaveLength(1);
    expect(cells[0]?.values).toMatchObject({ seed: 1, base: 'smollm2-135m-instruct', init: 'pmp' });
    expect(Object.values(cells[0]?.nodes ?? {}).sort()).toEqual(nodes.map(({ id }) => id).sort());
  });

  test('are every combination of a grid', () => {
    const cells = cellsOf({ a: { grid: { eoc: [false, true], scheduler: ['wsd', 'wcd'] } } });
    expect(valuesOf(cells, 'eoc', 'scheduler')).toEqual([[false, 'wsd'], [false, 'wcd'], [true, 'wsd'], [true, 'wcd']]);
  });

  test('link the lists of zip', () => {
    const cells = cellsOf({ a: { zip: { chosen: ['code', 'strong-answers'], rejected: ['weak-answers', 'clipped-answers'] } } });
    expect(valuesOf(cells, 'chosen', 'rejected')).toEqual([['code', 'weak-answers'], ['strong-answers', 'clipped-answers']]);
  });

  test('leave the baseline in one param at a time', () => {
    const cells = cellsOf({ a: { baseline: { scheduler: 'wsd', eoc: true }, vary: { scheduler: ['wcd'], eoc: [false] } } });
    expect(valuesOf(cells, 'eoc', 'scheduler')).toEqual([[true, 'wsd'], [false, 'wsd'], [true, 'wcd']]);
  });

  test('grow by a factor and hold both ends: fourteen sizes from 500 to 40,000 by the square root of two', () => {
    const cells = cellsOf({ a: { grid: { rm_pairs: { geometric: { from: 500, to: 40000, ratio: 'sqrt2' } } } } });
    const sizes = [500, 707, 1000, 1414, 2000, 2828, 4000, 5657, 8000, 11314, 16000, 22627, 32000, 40000];
    expect(valuesOf(cells, 'rm_pairs').flat()).toEqual(sizes);
  });

  test('grow to the numbers that people write: those of another sweep with the same values are the same cells', () => {
    const sweeps = {
      coarse: { grid: { lr: { geometric: { from: 1e-6, to: 1e-3, ratio: 10 } } } },
      fine: { grid: { lr: [1e-6, 1e-5, 1e-4, 1e-3] } },
    };
    const source = `${rates}${stringify({ sweeps })}`;
    const { cells } = planOf(source);
    expect(cells.map(({ values, sweeps: names }) => [values['lr'], names.join()])).toEqual([
      [1e-6, 'coarse,fine'],
      [1e-5, 'coarse,fine'],
      [1e-4, 'coarse,fine'],
      [1e-3, 'coarse,fine'],
    ]);
    expect(compile({ source, file: 'pipeline.yaml', cell: { lr: 1e-5 }, config }).plan?.cells).toHaveLength(1);
  });

  test.each([
    [1e-7, 0.1, 10, [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1]],
    [3e-5, 0.3, 100, [3e-5, 3e-3, 0.3]],
    [1e-7, 2e-7, 1.1, [1e-7, 1.1e-7, 1.21e-7, 1.331e-7, 1.4641e-7, 1.61051e-7, 1.771561e-7, 1.9487171e-7, 2e-7]],
    [3e-6, 2.4e-5, 'sqrt2', [3e-6, 4.24264068711929e-6, 6e-6, 8.48528137423857e-6, 1.2e-5, 1.69705627484771e-5, 2.4e-5]],
  ])('grow from %d to %d by %s without drifting', (from, to, ratio, values) => {
    const { cells } = planOf(`${rates}${stringify({ sweeps: { a: { grid: { lr: { geometric: { from, to, ratio } } } } } })}`);
    expect(valuesOf(cells, 'lr').flat()).toEqual(values);
  });

  test('multiply by seeds, and only the steps that use the seed have a node for each', () => {
    const plan = planOf(withSweeps({ a: { grid: { eoc: [false, true] }, seeds: [1, 2, 3] } }));
    expect(plan.cells).toHaveLength(6);
    expect(['pmp', 'rm', 'accuracy', 'math'].map((step) => nodesOf(plan, step).length)).toEqual([2, 6, 6, 1]);
  });

  test('bind several params by the name of an alternative', () => {
    const cells = cellsOf({ a: { grid: { task: ['math', 'sums'] } } });
    expect(valuesOf(cells, 'task', 'train', 'test')).toEqual([['math', 'math.train', 'math.test'], ['sums', 'sums.train', 'sums.test']]);
    const [only] = planOf(study, { task: 'sums' }).cells;
    expect(only?.values).toMatchObject({ task: 'sums', train: 'sums.train', test: 'sums.test' });
  });

  test('take the value another param has in the same cell', () => {
    const cells = cellsOf({ a: { grid: { init: ['pmp', '$base'] } } });
    expect(valuesOf(cells, 'init')).toEqual([['pmp'], ['smollm2-135m-instruct']]);
  });

  test('are left out by exclude, and extended or added by include, as in a matrix of GitHub', () => {
    const cells = cellsOf({
      a: {
        grid: { eoc: [false, true], scheduler: ['wsd', 'wcd'] },
        exclude: [{ eoc: true, scheduler: 'wcd' }],
        include: [{ eoc: true, rm_pairs: 50 }, { scheduler: 'wcd', eoc: true, rm_pairs: 60 }],
      },
    });
    expect(valuesOf(cells, 'eoc', 'scheduler', 'rm_pairs')).toEqual([
      [false, 'wsd', 300],
      [false, 'wcd', 300],
      [true, 'wsd', 50],
      [true, 'wcd', 60],
    ]);
  });

  test('are the same cell where they have the same values, with the names of all their sweeps', () => {
    const cells = cellsOf({
      a: { grid: { eoc: [false, true] } },
      b: { baseline: { eoc: false, scheduler: 'wsd' }, vary: { scheduler: ['wcd'] } },
    });
    expect(cells.map(({ sweeps }) => sweeps)).toEqual([['a', 'b'], ['a'], ['b']]);
  });

  test('keep their ids when values are added', () => {
    const few = cellsOf({ a: { grid: { rm_pairs: [100, 200] } } }).map(({ id }) => id);
    const many = cellsOf({ b: { grid: { rm_pairs: [50, 100, 150, 200] } } }).map(({ id }) => id);
    expect(many).toEqual(expect.arrayContaining(few));
  });

  test('can be taken by sweep and by value', () => {
    const source = withSweeps({ a: { grid: { eoc: [false, true] }, seeds: [1, 2] }, b: { grid: { rm_pairs: [10, 20] } } });
    const take = (options: object) => compile({ source, file: 'pipeline.yaml', config, ...options }).plan?.cells.length;
    expect([
      take({}),
      take({ sweeps: ['b'] }),
      take({ sweeps: [] }),
      take({ cell: { eoc: true } }),
      take({ cell: { rm_pairs: '20' } }),
    ]).toEqual([6, 2, 1, 2, 1]);
  });
});

describe('a sweep or a cell that is asked for and not there', () => {
  const answer = (source: string, options: object) =>
    compile({ source, file: 'pipeline.yaml', config, ...options }).diagnostics.map(({ code, line, column, hint }) => [
      code,
      line,
      column,
      hint,
    ]);
  const source = withSweeps({ rates: { grid: { rm_pairs: [10, 20] } } });
  const line = source.split('\n').indexOf('sweeps:') + 1;

  test('is said at the key of the sweeps', () => {
    expect(answer(source, { sweeps: ['rate'] })).toEqual([['E0190', line, 1, 'did you mean rates?']]);
    expect(answer(source, { cell: { rm_pair: '10' } })).toEqual([['E0190', line, 1, 'did you mean rm_pairs?']]);
  });

  test('is said at the params where there are no sweeps', () => {
    expect(answer(study, { cell: { rm_pair: '10' } })).toEqual([['E0190', 3, 1, 'did you mean rm_pairs?']]);
  });
});

describe('the graph of all cells', () => {
  test('holds equal work once: constructions share their summaries and answers', () => {
    const plan = planOf(
      withSweeps({
        six: {
          zip: {
            chosen: ['code', 'code', 'strong-answers', 'strong-answers'],
            rejected: ['weak-answers', 'clipped-answers', 'weak-answers', 'clipped-answers'],
          },
        },
      }),
    );
    expect(
      ['prompts', 'strong-answers', 'weak-answers', 'clipped-answers', 'pairs', 'pmp'].map((step) => nodesOf(plan, step).length),
    ).toEqual([1, 1, 1, 1, 4, 4]);
    expect(plan.groups).toHaveLength(1);
  });

  test('leaves out what no target needs in any cell', () => {
    const plan = planOf(withSweeps({ a: { grid: { init: ['$base'], rm_pairs: [10, 20] } } }));
    expect(plan.nodes.map(({ step }) => step).filter((step) => ['code', 'prompts', 'pairs', 'pmp'].includes(step))).toEqual([]);
  });

  test('is one node where two steps are the same work', () => {
    const twice = study.replace('report: {', 'again: {uses: eval/accuracy, with: {model: rm, pairs: $test}}\n  report: {');
    const plan = planOf(twice);
    expect(plan.cells[0]?.nodes).toMatchObject({ accuracy: 'accuracy', again: 'accuracy' });
    expect(nodesOf(plan, 'again')).toEqual([]);
  });

  test('has one report over the metrics of all cells', () => {
    const plan = planOf(withSweeps({ a: { grid: { eoc: [false, true] }, seeds: [1, 2] } }));
    const [report, ...others] = nodesOf(plan, 'report');
    expect(others).toEqual([]);
    expect(report?.inputs['metrics']?.map(({ node }) => node)).toEqual(nodesOf(plan, 'accuracy').map(({ id }) => id));
    expect(plan.cells.every(({ nodes }) => nodes['report'] === 'report')).toBe(true);
  });

  test('names a node by its step and its key, and labels it with the axes that decide it', () => {
    const plan = planOf(withSweeps({ a: { grid: { eoc: [false, true], task: ['math', 'sums'] }, seeds: [1, 2] } }));
    expect(nodesOf(plan, 'pmp').map(titleOf)).toEqual(['pmp (eoc=false)', 'pmp (eoc=true)']);
    expect(nodesOf(plan, 'rm').map(titleOf)).toContain('rm (eoc=true, seed=2, task=sums)');
    for (const { id, step, key } of nodesOf(plan, 'rm')) expect(id).toBe(`${step}@${key.slice(0, 8)}`);
  });

  test('works towards the steps named in targets', () => {
    const plan = planOf(study.replace(/ {2}(accuracy|report): .*\n/g, '') + 'targets: [pairs]\n');
    expect(plan.nodes.at(-1)?.id).toBe('pairs');
  });

  test('holds for each sweep what it works towards, and a report shows what is there', () => {
    const plan = planOf(
      withSweeps({ a: { grid: { eoc: [false, true] }, targets: ['pmp'] }, b: { grid: { rm_pairs: [10, 20] }, targets: ['accuracy'] } }),
    );
    expect(['pmp', 'rm', 'accuracy'].map((step) => nodesOf(plan, step).length)).toEqual([2, 2, 2]);
    expect(nodesOf(plan, 'report')[0]?.inputs['metrics']).toHaveLength(2);
    const without = planOf(withSweeps({ a: { grid: { eoc: [false, true] }, targets: ['pmp'] } }));
    expect(nodesOf(without, 'report')).toEqual([]);
  });

  test('is made for a trial on a few items', () => {
    const { plan } = compile({ source: study, file: 'pipeline.yaml', config, sample: 5 });
    const settings = Object.fromEntries((plan?.nodes ?? []).map((node) => [node.step, node.settings]));
    expect(settings['code']).toMatchObject({ take: 5 });
    expect(settings['math']).toMatchObject({ train: 5, test: 5 });
  });
});

const axes = {
  eoc: [false, true],
  scheduler: ['wsd', 'wcd'],
  rm_pairs: [100, 200, 300],
  init: ['pmp', '$base'],
  chosen: ['code', 'strong-answers'],
  rejected: ['weak-answers', 'clipped-answers'],
  task: ['math', 'sums'],
} as const;
const axis = (name: keyof typeof axes) => fc.subarray([...axes[name]] as Json[], { minLength: 1 });
const grid = fc
  .subarray(Object.keys(axes) as (keyof typeof axes)[], { minLength: 1, maxLength: 4 })
  .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, axis(name)]))));
const point = fc.record(
  Object.fromEntries(Object.keys(axes).map((name) => [name, fc.constantFrom(...(axes[name as keyof typeof axes] as readonly Json[]))])),
  { requiredKeys: [] },
);
const sweep = fc.oneof(
  fc.record({ grid, seeds: fc.subarray([1, 2, 3], { minLength: 1 }) }, { requiredKeys: ['grid'] }),
  fc.record(
    {
      baseline: point,
      vary: grid,
      exclude: fc.array(
        point.filter((each) => Object.keys(each).length > 0),
        { minLength: 1, maxLength: 2 },
      ),
    },
    { requiredKeys: ['baseline', 'vary'] },
  ),
);
const sweeps = fc
  .record({ a: sweep, b: sweep }, { requiredKeys: ['a'] })
  .filter((each) => !JSON.stringify(each).includes('{}')) as fc.Arbitrary<Json>;

test('a cell in the graph is the pipeline that its values make alone', () => {
  fc.assert(
    fc.property(sweeps, fc.nat(), (given, nth) => {
      const { plan } = compileText(withSweeps(given));
      const cell = plan?.cells[nth % Math.max(1, plan.cells.length)];
      if (!plan || !cell) return;
      const { task: _, ...set } = cell.values;
      const alone = planOf(study, set);
      const keys = new Map(plan.nodes.map(({ id, key }) => [id, key]));
      const own = new Map(alone.nodes.map(({ id, key }) => [id, key]));
      for (const [step, id] of Object.entries(alone.cells[0]?.nodes ?? {}))
        if (step !== 'report') expect([step, keys.get(cell.nodes[step] ?? '')]).toEqual([step, own.get(id)]);
      expect(Object.keys(cell.nodes).sort()).toEqual(Object.keys(alone.cells[0]?.nodes ?? {}).sort());
    }),
    { numRuns: 60 },
  );
});

test('every node is there once, after what it reads, and is the work of some cell', () => {
  fc.assert(
    fc.property(sweeps, (given) => {
      const { plan } = compileText(withSweeps(given));
      if (!plan) return;
      const seen = new Set<string>();
      for (const { key, id, inputs } of plan.nodes) {
        expect(Object.values(inputs).flat().every(({ node }) => seen.has(node))).toBe(true);
        expect(plan.cells.some(({ nodes }) => Object.values(nodes).includes(id))).toBe(true);
        seen.add(id);
        expect(plan.nodes.filter((node) => node.key === key)).toHaveLength(1);
      }
      expect(seen.size).toBe(plan.nodes.length);
    }),
    { numRuns: 60 },
  );
});

test('the order of sweeps and axes changes neither cells nor keys, but that of the report, whose tables come in this order', () => {
  const reversed = (value: Json): Json =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).reverse().map(([key, each]) => [key, reversed(each)]))
      : value;
  fc.assert(
    fc.property(sweeps, (given) => {
      const [one, other] = [compileText(withSweeps(given)).plan, compileText(withSweeps(reversed(given))).plan];
      expect(other?.cells.map(({ id }) => id)).toEqual(one?.cells.map(({ id }) => id));
      const keys = (plan: Plan | undefined) => plan?.nodes.flatMap(({ key, kind }) => (kind === 'report' ? [] : [key])).sort();
      expect(keys(other)).toEqual(keys(one));
    }),
    { numRuns: 40 },
  );
});
