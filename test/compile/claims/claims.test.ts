import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from '../../../compile/index.ts';
import type { CompileOptions } from '../../../compile/index.ts';
import type { ClaimSide, Plan, PlanClaim } from '../../../plan/index.ts';
import { compileText, config } from '../rig.ts';

const steps = `codepmp: 1
name: study
params:
  seed: {type: integer, default: 1}
  base: {type: string, default: smollm2-135m-instruct}
  init: {type: checkpoint, default: pmp}
  rm_pairs: {type: integer, default: 300}
  scheduler: {enum: [wsd, wcd], default: wsd}
  train: {type: step, default: math.train}
  test: {type: step, default: math.test}
alternatives:
  task:
    math: {train: math.train, test: math.test}
    sums: {train: sums.train, test: sums.test}
models:
  strong: {endpoint: local-strong, max_tokens: 256}
  weak: {endpoint: local-weak, max_tokens: 256, temperature: 0.9}
steps:
  code: {uses: source/files, with: {source: python-stdlib}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
  pmp: {uses: train/pmp, with: {base: $base, pairs: pairs, schedule: {kind: $scheduler}}}
  math: {uses: dataset/arithmetic, with: {train: $rm_pairs}}
  sums: {uses: dataset/arithmetic, with: {train: $rm_pairs, seed: 8}}
  rm: {uses: train/rm, with: {init: $init, pairs: $train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: $test}}
  solutions: {uses: candidates, with: {questions: math.questions, model: strong, n: 8}}
  graded: {uses: grade, with: {candidates: solutions}}
  bon: {uses: eval/bon, with: {model: rm, candidates: graded, n: [1, 8, 4]}}
`;

const sweeps = `sweeps:
  efficiency:
    grid: {init: [pmp, $base], rm_pairs: [100, 400]}
    seeds: [1, 2, 3]
  ablations:
    baseline: {scheduler: wsd, init: pmp}
    vary: {scheduler: [wcd], rm_pairs: [100], init: [$base]}
`;

/** The claim of a file and the sides of its first comparison. */
const claim = (
  text: string,
  options: Partial<CompileOptions> = {},
): { claim: PlanClaim | undefined; of: ClaimSide | undefined; to: ClaimSide | number | undefined; plan: Plan } => {
  const { plan, rendered } = compile({ source: `${steps}${sweeps}claims:\n  - {id: c, ${text}}\n`, file: 'p.yaml', config, ...options });
  if (!plan) throw new Error(rendered.join('\n\n'));
  return { claim: plan.claims[0], of: plan.claims[0]?.comparisons[0]?.of, to: plan.claims[0]?.comparisons[0]?.to, plan };
};

/** The nodes of a side, by the values of these params in the last cell that has the node. */
function labels(plan: Plan, side: ClaimSide | number | undefined, ...names: string[]): string[] {
  const nodes = typeof side === 'object' ? side.cells.flat() : [];
  const cells = nodes.map((id) => plan.cells.findLast((cell) => Object.values(cell.nodes).includes(id)));
  return cells.map((cell) => names.map((name) => String(cell?.values[name])).join(' '));
}

describe('a claim of the plan', () => {
  test('has the measuring nodes of the selected cells, one for each seed', () => {
    const {
      claim: found,
      of,
      to,
      plan,
    } = claim(
      'sweep: efficiency, metric: {step: bon, name: accuracy, n: 4}, of: {init: pmp, rm_pairs: 100}, above: {init: $base, rm_pairs: 400}, margin: 0.01',
    );
    expect(found).toMatchObject({ id: 'c', metric: 'accuracy', relation: 'above', margin: 0.01, confidence: 0.95 });
    expect(found?.text).toBe(
      'accuracy of bon at N=4 (init=pmp, rm_pairs=100) above bon at N=4 (init=smollm2-135m-instruct, rm_pairs=400) by more than 0.01',
    );
    expect(found?.at).toEqual({ line: 40, column: 10 });
    expect(of).toMatchObject({ text: 'bon at N=4 (init=pmp, rm_pairs=100)', n: 4 });
    expect(labels(plan, of, 'init', 'seed')).toEqual(['pmp 1', 'pmp 2', 'pmp 3']);
    expect(labels(plan, to, 'rm_pairs', 'seed')).toEqual(['400 1', '400 2', '400 3']);
  });

  test('is about the method where cells have several seeds, and about the very models where they have one or it says so', () => {
    const overOf = (text: string) => claim(`metric: {step: accuracy, name: accuracy}, above: 0.5, ${text}`).claim?.over;
    expect(overOf('sweep: efficiency')).toBe('training');
    expect(overOf('sweep: ablations')).toBe('items');
    expect(overOf('sweep: efficiency, over: items')).toBe('items');
    expect(overOf('sweep: ablations, over: training')).toBe('training');
  });

  test('keeps the seeds of a cell together', () => {
    const { of, plan } = claim('sweep: efficiency, metric: {step: accuracy, name: accuracy}, of: {init: pmp}, above: 0.5');
    const cellOf = (id: string) => plan.cells.findLast((cell) => Object.values(cell.nodes).includes(id));
    const seedsOf = (nodes: string[]) => nodes.map((id) => cellOf(id)?.values['seed']);
    expect(of?.cells.map(seedsOf)).toEqual([[1, 2, 3], [1, 2, 3]]);
  });

  test('takes $name as the value that this param has in the cell, and shows the value', () => {
    const { claim: found, of } = claim(
      'sweep: efficiency, metric: {step: accuracy, name: accuracy}, of: {init: $base}, below: {init: pmp}, confidence: 0.9',
    );
    expect(found).toMatchObject({ relation: 'below', confidence: 0.9 });
    expect(of).toMatchObject({ n: null, text: 'accuracy (init=smollm2-135m-instruct)' });
    expect(of?.cells.flat()).toHaveLength(6);
  });

  test('compares cells only with cells that agree in what it does not name', () => {
    const { of, to, plan } = claim(
      'sweep: ablations, metric: {step: accuracy, name: accuracy}, of: {scheduler: wcd}, above: {scheduler: wsd}',
    );
    expect(labels(plan, of, 'scheduler')).toEqual(['wcd']);
    expect(to).toMatchObject({ text: 'accuracy (scheduler=wsd)' });
    expect(labels(plan, to, 'init', 'scheduler')).toEqual(['pmp wsd']);
  });

  test('takes the largest N where it names none', () => {
    expect(claim('metric: {step: bon, name: accuracy}, above: 0.5')).toMatchObject({ of: { n: 8, text: 'bon at N=8' }, to: 0.5 });
    expect(claim('metric: {step: bon, name: auc}, above: 0.5').of?.n).toBe(null);
  });

  test('may compare two steps of the same cells', () => {
    const { of, to } = claim(
      'sweep: efficiency, metric: {step: bon, name: accuracy, n: 8}, of: {init: pmp}, above: {step: accuracy, init: pmp}',
    );
    expect(of?.text).toBe('bon at N=8 (init=pmp)');
    expect(to).toMatchObject({ text: 'accuracy (init=pmp)', n: null });
  });

  test('may compare two N of the same cells', () => {
    const {
      claim: found,
      of,
      to,
    } = claim('sweep: efficiency, metric: {step: bon, name: accuracy}, of: {init: $base, n: 1}, above: {init: $base, n: 8}');
    expect(found?.comparisons).toHaveLength(1);
    expect(of).toMatchObject({ n: 1, text: 'bon at N=1 (init=smollm2-135m-instruct)' });
    expect(to).toMatchObject({ n: 8, cells: of?.cells });
  });

  test('may say that two sides are near, and within what', () => {
    const { claim: found } = claim(
      'sweep: ablations, metric: {step: accuracy, name: accuracy}, of: {scheduler: wcd}, near: {scheduler: wsd}, within: 0.02',
    );
    expect(found).toMatchObject({
      relation: 'near',
      margin: 0.02,
      text: 'accuracy of accuracy (scheduler=wcd) near accuracy (scheduler=wsd) within 0.02',
    });
  });

  test('may compare differences: minus says what is different in the cells that are taken off', () => {
    const { of, to, plan } = claim(
      'sweep: efficiency, metric: {step: bon, name: accuracy}, of: {init: pmp, rm_pairs: 100, minus: {init: $base}}, above: {init: pmp, rm_pairs: 400, minus: {init: $base}}',
    );
    expect(of?.text).toBe('bon at N=8 (init=pmp, rm_pairs=100) minus bon at N=8 (init=smollm2-135m-instruct, rm_pairs=100)');
    const minusOf = (side: ClaimSide | number | undefined) =>
      typeof side === 'object' && side.minus ? { text: '', ...side.minus } : undefined;
    expect(labels(plan, minusOf(of), 'init', 'rm_pairs', 'seed')).toEqual([
      'smollm2-135m-instruct 100 1',
      'smollm2-135m-instruct 100 2',
      'smollm2-135m-instruct 100 3',
    ]);
    expect(labels(plan, minusOf(to), 'rm_pairs')).toEqual(['400', '400', '400']);
  });

  test('reads each node once, however many cells share it', () => {
    const { of } = claim('metric: {step: accuracy, name: accuracy}, of: {init: $base}, above: 0.5');
    expect(new Set(of?.cells.flat()).size).toBe(of?.cells.flat().length);
  });

  test('may select a choice of alternatives, whose params need no name of their own', () => {
    const source = `${steps}sweeps:\n  tasks: {grid: {task: [math, sums]}, seeds: [1, 2]}\nclaims:\n  - {id: c, metric: {step: accuracy, name: accuracy}, of: {task: math}, above: {task: sums}}\n`;
    const { plan, rendered } = compileText(source);
    expect(rendered.filter((text) => text.includes('error['))).toEqual([]);
    expect(plan?.claims[0]?.comparisons[0]?.of.cells.flat()).toHaveLength(2);
  });

  test('is about the one cell of a file without sweeps', () => {
    const { plan } = compileText(`${steps}claims:\n  - {id: c, metric: {step: accuracy, name: accuracy}, above: 0.5}\n`);
    expect(plan?.claims).toMatchObject([
      { text: 'accuracy of accuracy above 0.5', comparisons: [{ of: { text: 'accuracy', cells: [['accuracy']] }, to: 0.5 }] },
    ]);
  });
});

describe('a claim is about', () => {
  const comparisons = (text: string) =>
    claim(text).claim?.comparisons.map(({ where, of, to }) => [
      Object.values(where).join(' '),
      of.text,
      typeof to === 'number' ? to : to.text,
    ]);

  test('each of several steps', () => {
    expect(comparisons('sweep: efficiency, metric: {steps: [accuracy, bon], name: accuracy}, of: {init: pmp}, above: 0.5')).toEqual([
      ['', 'accuracy (init=pmp)', 0.5],
      ['', 'bon at N=8 (init=pmp)', 0.5],
    ]);
  });

  test('each of several N', () => {
    expect(comparisons('sweep: efficiency, metric: {step: bon, name: accuracy, n: [1, 8]}, above: 0.5')).toEqual([
      ['', 'bon at N=1', 0.5],
      ['', 'bon at N=8', 0.5],
    ]);
  });

  test('each of several others', () => {
    expect(
      comparisons(
        'sweep: efficiency, metric: {step: accuracy, name: accuracy}, of: {init: pmp, rm_pairs: 400}, above: [{init: pmp, rm_pairs: 100}, {init: $base, rm_pairs: 400}, 0.5]',
      ),
    ).toEqual([
      ['', 'accuracy (init=pmp, rm_pairs=400)', 'accuracy (init=pmp, rm_pairs=100)'],
      ['', 'accuracy (init=pmp, rm_pairs=400)', 'accuracy (init=smollm2-135m-instruct, rm_pairs=400)'],
      ['', 'accuracy (init=pmp, rm_pairs=400)', 0.5],
    ]);
  });

  test('each value of the params under each, and about the mean over the others', () => {
    const text = 'sweep: efficiency, metric: {step: accuracy, name: accuracy}, each: [rm_pairs], of: {init: pmp}, above: {init: $base}';
    expect(comparisons(text)).toEqual([
      ['100', 'accuracy (init=pmp)', 'accuracy (init=smollm2-135m-instruct)'],
      ['400', 'accuracy (init=pmp)', 'accuracy (init=smollm2-135m-instruct)'],
    ]);
    const { of, to, plan } = claim(text);
    expect(labels(plan, of, 'init', 'rm_pairs', 'seed')).toEqual(['pmp 100 1', 'pmp 100 2', 'pmp 100 3']);
    expect(labels(plan, to, 'rm_pairs', 'seed')).toEqual(['100 1', '100 2', '100 3']);
    expect(claim(text.replace('[rm_pairs]', '[rm_pairs, seed]')).claim?.comparisons).toHaveLength(6);
  });

  test('each choice of a group of alternatives', () => {
    const { plan } = compileText(
      `${steps}sweeps:\n  tasks: {grid: {task: [math, sums], init: [pmp, $base]}}\nclaims:\n  - {id: c, metric: {step: accuracy, name: accuracy}, each: [task], of: {init: pmp}, above: {init: $base}}\n`,
    );
    expect(plan?.claims[0]?.comparisons.map(({ where }) => where)).toEqual([{ task: 'math' }, { task: 'sums' }]);
  });

  test('all of these together, in words once', () => {
    const { claim: found } = claim(
      'sweep: efficiency, metric: {steps: [bon, accuracy], name: accuracy, n: 4}, each: [rm_pairs], of: {init: pmp}, above: [{init: $base}, 0.5]',
    );
    expect(found?.comparisons).toHaveLength(8);
    expect(found?.text).toBe('accuracy of bon, accuracy at N=4 (init=pmp) above (init=$base) and 0.5, for each rm_pairs');
  });
});

describe('where only a part of the cells was asked for', () => {
  const text = 'sweep: efficiency, metric: {step: accuracy, name: accuracy}, of: {init: pmp}, above: {init: $base}';

  test('claims over other cells are left out, without a word', () => {
    expect(claim(text, { sweeps: ['ablations'] }).plan.claims).toEqual([]);
    expect(claim(text, { sweeps: [] }).plan.claims).toEqual([]);
    expect(claim(text, { cell: { init: 'pmp' } }).plan.claims).toEqual([]);
  });

  test('the others are about the cells that are there', () => {
    expect(claim(text, { cell: { seed: 2 } }).of?.cells.flat()).toHaveLength(2);
  });
});

test('a mistake in a claim stands beside the other mistakes of a file', () => {
  const { diagnostics } = compileText(
    `${steps}${sweeps}claims:\n  - {id: c, metric: {step: acuracy, name: accuracy}, above: 0.5}\ntargets: [pair]\n`,
  );
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual(['E0210', 'E0130']);
});

test('many claims over many cells take no long time', () => {
  const seeds = Array.from({ length: 1000 }, (_, index) => index).join(', ');
  const many = Array.from(
    { length: 100 },
    (_, index) => `  - {id: c${index}, metric: {step: accuracy, name: accuracy}, of: {init: pmp}, above: {init: $base}}`,
  );
  const { plan } = compileText(`${steps}sweeps:\n  s: {grid: {init: [pmp, $base]}, seeds: [${seeds}]}\nclaims:\n${many.join('\n')}\n`);
  expect(plan?.claims).toHaveLength(100);
});

describe('the sides of any claim', () => {
  const file = (of: object, above: object): string => `codepmp: 1
name: t
params:
  seed: {type: integer, default: 1}
  lr: {type: number, default: 0.1}
  size: {type: integer, default: 10}
steps:
  data: {uses: dataset/arithmetic, with: {train: $size}}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: data.train, seed: $seed, schedule: {lr: $lr}}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: data.test}}
sweeps:
  all:
    grid: {lr: [0.1, 0.2], size: [10, 20, 30]}
    seeds: [1, 2]
    exclude: [{lr: 0.2, size: 30}, {size: 20, seed: 2}]
claims:
  - {id: c, metric: {step: accuracy, name: accuracy}, of: ${JSON.stringify(of)}, above: ${JSON.stringify(above)}}
`;
  const selector = fc.record(
    { lr: fc.constantFrom(0.1, 0.2), size: fc.constantFrom(10, 20, 30), seed: fc.constantFrom(1, 2) },
    { requiredKeys: [] },
  );

  test('are the cells that their selectors fit and that agree in all else, or there is a diagnostic', () => {
    fc.assert(
      fc.property(selector, selector, (of, above) => {
        const { plan, diagnostics } = compileText(file(of, above));
        const { plan: all } = compileText(file({}, {}).replace(/claims:[^]*/, ''));
        const fits = (wanted: object) =>
          (all?.cells ?? []).filter(({ values }) => Object.entries(wanted).every(([name, value]) => values[name] === value));
        const rest = ['lr', 'size', 'seed'].filter((name) => !(name in of) && !(name in above));
        const restOf = ({ values }: { values: object }): string => JSON.stringify(rest.map((name) => values[name as keyof typeof values]));
        const nodes = (cells: Plan['cells'], others: Plan['cells']) =>
          cells.filter((cell) => others.some((other) => restOf(other) === restOf(cell))).map((cell) => cell.nodes['accuracy']);
        const [ours, theirs] = [nodes(fits(of), fits(above)), nodes(fits(above), fits(of))];
        const expected =
          fits(of).length === 0 || fits(above).length === 0
            ? 'E0213'
            : ours.length === 0
              ? 'E0214'
              : String(ours) === String(theirs)
                ? 'E0216'
                : null;
        if (expected !== null) expect(diagnostics.filter(({ severity }) => severity === 'error')[0]?.code).toBe(expected);
        else {
          const [{ of: first, to: second } = { of: null, to: null }] = plan?.claims[0]?.comparisons ?? [];
          const sorted = (side: ClaimSide | number | null) => (side && typeof side === 'object' ? side.cells.flat().sort() : []);
          expect([sorted(first), sorted(second)]).toEqual([ours.sort(), theirs.sort()]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
