import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from '../../../compile/index.ts';
import type { CompileOptions } from '../../../compile/index.ts';
import type { Plan, PlanClaim } from '../../../plan/index.ts';
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

const claim = (text: string, options: Partial<CompileOptions> = {}): { claim: PlanClaim | undefined; plan: Plan } => {
  const { plan, rendered } = compile({ source: `${steps}${sweeps}claims:\n  - {id: c, ${text}}\n`, file: 'p.yaml', config, ...options });
  if (!plan) throw new Error(rendered.join('\n\n'));
  return { claim: plan.claims[0], plan };
};

/** The nodes of a side, by the values of these params in the last cell that has the node. */
function labels(plan: Plan, side: PlanClaim['to'] | undefined, ...names: string[]): string[] {
  const nodes = typeof side === 'object' ? side.nodes : [];
  const cells = nodes.map((id) => plan.cells.findLast((cell) => Object.values(cell.nodes).includes(id)));
  return cells.map((cell) => names.map((name) => String(cell?.values[name])).join(' '));
}

describe('a claim of the plan', () => {
  test('has the measuring nodes of the selected cells, one for each seed', () => {
    const found = claim('sweep: efficiency, metric: {step: bon, name: accuracy, n: 4}, of: {init: pmp, rm_pairs: 100}, above: {init: $base, rm_pairs: 400}, margin: 0.01');
    const { claim: plain, plan } = found;
    expect(plain).toMatchObject({ id: 'c', metric: 'accuracy', n: 4, relation: 'above', margin: 0.01, confidence: 0.95 });
    expect(plain?.at).toEqual({ line: 40, column: 10 });
    expect(plain?.of.text).toBe('bon (init=pmp, rm_pairs=100)');
    expect(labels(plan, plain?.of, 'init', 'seed')).toEqual(['pmp 1', 'pmp 2', 'pmp 3']);
    expect(labels(plan, plain?.to, 'rm_pairs', 'seed')).toEqual(['400 1', '400 2', '400 3']);
  });

  test('takes $name as the value that this param has in the cell, and shows the value', () => {
    const { claim: found } = claim('sweep: efficiency, metric: {step: accuracy, name: accuracy}, of: {init: $base}, below: {init: pmp}, confidence: 0.9');
    expect(found).toMatchObject({ relation: 'below', confidence: 0.9, n: null, of: { text: 'accuracy (init=smollm2-135m-instruct)' } });
    expect(found?.of.nodes).toHaveLength(6);
  });

  test('compares cells only with cells that agree in what it does not name', () => {
    const { claim: found, plan } = claim('sweep: ablations, metric: {step: accuracy, name: accuracy}, of: {scheduler: wcd}, above: {scheduler: wsd}');
    expect(labels(plan, found?.of, 'scheduler')).toEqual(['wcd']);
    expect(found?.to).toMatchObject({ text: 'accuracy (scheduler=wsd)' });
    expect(labels(plan, found?.to, 'init', 'scheduler')).toEqual(['pmp wsd']);
  });

  test('takes the largest N where it names none', () => {
    expect(claim('metric: {step: bon, name: accuracy}, above: 0.5').claim).toMatchObject({ n: 8, to: 0.5, of: { text: 'bon' } });
    expect(claim('metric: {step: bon, name: auc}, above: 0.5').claim?.n).toBe(null);
  });

  test('may compare two steps of the same cells', () => {
    const { claim: found } = claim('sweep: efficiency, metric: {step: bon, name: accuracy, n: 8}, of: {init: pmp}, above: {step: accuracy, init: pmp}');
    expect(found?.of.text).toBe('bon (init=pmp)');
    expect(found?.to).toMatchObject({ text: 'accuracy (init=pmp)' });
  });

  test('reads each node once, however many cells share it', () => {
    const { claim: found } = claim('metric: {step: accuracy, name: accuracy}, of: {init: $base}, above: 0.5');
    expect(new Set(found?.of.nodes).size).toBe(found?.of.nodes.length);
  });

  test('may select a choice of alternatives, whose params need no name of their own', () => {
    const source = `${steps}sweeps:\n  tasks: {grid: {task: [math, sums]}, seeds: [1, 2]}\nclaims:\n  - {id: c, metric: {step: accuracy, name: accuracy}, of: {task: math}, above: {task: sums}}\n`;
    const { plan, rendered } = compileText(source);
    expect(rendered.filter((text) => text.includes('error['))).toEqual([]);
    expect(plan?.claims[0]?.of.nodes).toHaveLength(2);
  });

  test('is about the one cell of a file without sweeps', () => {
    const { plan } = compileText(`${steps}claims:\n  - {id: c, metric: {step: accuracy, name: accuracy}, above: 0.5}\n`);
    expect(plan?.claims).toMatchObject([{ of: { text: 'accuracy', nodes: ['accuracy'] }, to: 0.5 }]);
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
    expect(claim(text, { cell: { seed: 2 } }).claim?.of.nodes).toHaveLength(2);
  });
});

test('a mistake in a claim stands beside the other mistakes of a file', () => {
  const { diagnostics } = compileText(`${steps}${sweeps}claims:\n  - {id: c, metric: {step: acuracy, name: accuracy}, above: 0.5}\ntargets: [pair]\n`);
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual(['E0210', 'E0130']);
});

test('many claims over many cells take no long time', () => {
  const seeds = Array.from({ length: 1000 }, (_, index) => index).join(', ');
  const many = Array.from({ length: 100 }, (_, index) => `  - {id: c${index}, metric: {step: accuracy, name: accuracy}, of: {init: pmp}, above: {init: $base}}`);
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
  const selector = fc.record({ lr: fc.constantFrom(0.1, 0.2), size: fc.constantFrom(10, 20, 30), seed: fc.constantFrom(1, 2) }, { requiredKeys: [] });

  test('are the cells that their selectors fit and that agree in all else, or there is a diagnostic', () => {
    fc.assert(
      fc.property(selector, selector, (of, above) => {
        const { plan, diagnostics } = compileText(file(of, above));
        const { plan: all } = compileText(file({}, {}).replace(/claims:[^]*/, ''));
        const fits = (wanted: object) => (all?.cells ?? []).filter(({ values }) => Object.entries(wanted).every(([name, value]) => values[name] === value));
        const rest = ['lr', 'size', 'seed'].filter((name) => !(name in of) && !(name in above));
        const restOf = ({ values }: { values: object }): string => JSON.stringify(rest.map((name) => values[name as keyof typeof values]));
        const nodes = (cells: Plan['cells'], others: Plan['cells']) => cells.filter((cell) => others.some((other) => restOf(other) === restOf(cell))).map((cell) => cell.nodes['accuracy']);
        const [ours, theirs] = [nodes(fits(of), fits(above)), nodes(fits(above), fits(of))];
        const expected = fits(of).length === 0 || fits(above).length === 0 ? 'E0213' : ours.length === 0 ? 'E0214' : String(ours) === String(theirs) ? 'E0216' : null;
        if (expected !== null) expect(diagnostics.filter(({ severity }) => severity === 'error')[0]?.code).toBe(expected);
        else expect(plan?.claims[0]).toMatchObject({ of: { nodes: ours }, to: { nodes: theirs } });
      }),
      { numRuns: 60 },
    );
  });
});
