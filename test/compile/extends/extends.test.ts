import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject, PlanNode } from '../../../plan/index.ts';
import { allKeys, base, compileFiles, over, planOfFiles, withoutPlaces } from './rig.ts';
import { keysOf, planOf, quickstart } from '../rig.ts';

const compileOver = (text: string) => compileFiles({ 'pipeline.yaml': over(text), 'base.yaml': base });
const planOver = (text: string) => planOfFiles({ 'pipeline.yaml': over(text), 'base.yaml': base });

/** The first node of a step. */
function nodeOf(text: string, step: string): PlanNode {
  const node = planOver(text).nodes.find((each) => each.step === step);
  if (!node) throw new Error(`no node of ${step}`);
  return node;
}

describe('a file that extends another', () => {
  test('and changes nothing is the same plan, places apart', () => {
    expect(withoutPlaces(planOver(''))).toEqual(withoutPlaces(planOf(base)));
  });

  test('and changes nothing of the shipped quickstart is the same plan', () => {
    const plan = planOfFiles({ 'pipeline.yaml': over('', 'quickstart') });
    expect(withoutPlaces(plan)).toEqual(withoutPlaces(planOf(quickstart)));
  });

  test('keeps the name of the base, or has its own', () => {
    expect(planOver('').name).toBe('base');
    expect(planOver('name: mine\n').name).toBe('mine');
  });

  test('gives a param of the base another default by a plain value', () => {
    expect(planOver('params: {seed: 7}\nsweeps: null\n').cells[0]?.values['seed']).toBe(7);
  });

  test('changes one key of a param, and keeps the others', () => {
    expect(planOver('params: {seed: {default: 3}}\nsweeps: null\n').cells[0]?.values['seed']).toBe(3);
    expect(compileOver('params: {seed: {default: -1}}\n').diagnostics.map(({ code }) => code)).toContain('E0121');
  });

  test('declares a param anew where it gives another type or an enum', () => {
    expect(planOver('params: {seed: {enum: [4, 5], default: 4}}\nsweeps: null\n').cells[0]?.values['seed']).toBe(4);
    expect(
      planOver('params: {seed: {type: number, default: -2}}\nsteps: {rm: {with: {seed: 1}}}\nsweeps: null\n').cells[0]?.values['seed'],
    ).toBe(-2);
  });

  test('changes settings deep inside of with, and keeps the others', () => {
    const { settings } = nodeOf('steps: {rm: {with: {schedule: {lr: 1e-4}, batch_size: 2}}}\n', 'rm');
    expect(settings['schedule']).toMatchObject({ kind: 'wcd', lr: 1e-4, warmup: 0.1 });
    expect(settings['batch_size']).toBe(2);
  });

  test('replaces lists as a whole', () => {
    expect(nodeOf('steps: {bon: {with: {n: [2]}}}\n', 'bon').settings['n']).toEqual([2]);
  });

  test('gives null to a setting that takes null', () => {
    expect(nodeOf('steps: {rm: {with: {layers: null}}}\n', 'rm').settings['layers']).toBeNull();
  });

  test('changes how answers are sampled', () => {
    const { models } = nodeOf('models: {solver: {temperature: 0.9}}\n', 'samples');
    expect(models['model']).toMatchObject({ sampling: { temperature: 0.9, max_tokens: 64 }, stop: ['\n\n'] });
    expect(nodeOf('models: {solver: {stop: null}}\n', 'samples').models['model']?.stop).toEqual([]);
  });

  test('starts a step anew where it gives another kind', () => {
    const text = 'steps:\n  rm: {uses: train/pmp, with: {base: smollm2-135m-instruct, pairs: data.train}}\n';
    expect(nodeOf(text, 'rm').settings['schedule']).not.toMatchObject({ lr: 5e-4 });
  });

  test('runs a step elsewhere without changing any key', () => {
    const moved = planOver('steps: {rm: {run: {pool: other}}}\n');
    expect(allKeys(moved)).toEqual(allKeys(planOf(base)));
    expect(moved.nodes.filter(({ step }) => step === 'rm').map(({ run }) => run.pool)).not.toContain('local');
  });

  test('removes a step by null', () => {
    expect(planOver('steps: {bon: null}\n').nodes.some(({ step }) => step === 'bon')).toBe(false);
  });

  test('adds a step that reads those of the base', () => {
    expect(
      planOver('steps: {choice: {uses: eval/choice, with: {model: rm, choices: data.choices}}}\n').nodes.some(
        ({ step }) => step === 'choice',
      ),
    ).toBe(true);
  });

  test('removes, changes and adds sweeps and their axes', () => {
    const cells = (text: string) => planOver(text).cells.map(({ values }) => [values['pairs'], values['seed']]);
    expect(cells('sweeps: null\n')).toEqual([[100, 1]]);
    expect(cells('sweeps: {scale: null}\n')).toEqual([[100, 1]]);
    expect(cells('sweeps: {scale: {seeds: [5]}}\n')).toEqual([[50, 5], [100, 5]]);
    expect(cells('sweeps: {scale: {seeds: null}}\n')).toEqual([[50, 1], [100, 1]]);
    expect(cells('sweeps: {scale: {grid: {pairs: null, seed: [8, 9]}, seeds: null}}\n')).toEqual([[100, 8], [100, 9]]);
    expect(cells('sweeps: {more: {grid: {pairs: [200]}}, scale: {seeds: [5]}}\n')).toEqual([[200, 1], [50, 5], [100, 5]]);
  });

  test('changes, removes and adds choices of alternatives', () => {
    const middle = over('alternatives: {size: {small: {pairs: 10, seed: 1}, large: {pairs: 20, seed: 2}}}\nsweeps: null\n');
    const values = (text: string, size: string) => {
      const files = { 'pipeline.yaml': over(text, './middle.yaml'), 'middle.yaml': middle, 'base.yaml': base };
      return planOfFiles(files, { set: { size } }).cells[0]?.values;
    };
    expect(values('alternatives: {size: {large: {pairs: 30}}}\n', 'large')).toMatchObject({ pairs: 30, seed: 2 });
    expect(values('alternatives: {size: {large: {seed: null}, small: {seed: null}}}\n', 'large')).toMatchObject({ pairs: 20, seed: 1 });
    expect(values('alternatives: {size: {small: null, tiny: {pairs: 5, seed: 3}}}\n', 'tiny')).toMatchObject({ pairs: 5, seed: 3 });
    expect(() => values('alternatives: {size: {small: null}}\n', 'small')).toThrow('small is not a choice of size');
  });

  test('changes, removes and adds claims, in a list or by id', () => {
    const metric = '{step: accuracy, name: accuracy}';
    const claims = (
      text: string,
      own = `claims: [{id: a, metric: ${metric}, of: {pairs: 100}, above: {pairs: 50}}, {id: b, metric: ${metric}, above: 0.5}]\n`,
    ) => {
      const files = { 'pipeline.yaml': over(text, './middle.yaml'), 'middle.yaml': over(own), 'base.yaml': base };
      return planOfFiles(files).claims.map(({ id, confidence }) => `${id} ${confidence}`);
    };
    expect(claims('')).toEqual(['a 0.95', 'b 0.95']);
    expect(claims('claims: [{id: b, confidence: 0.9}]\n')).toEqual(['a 0.95', 'b 0.9']);
    expect(claims('claims: {b: {confidence: 0.9}, a: null}\n')).toEqual(['b 0.9']);
    expect(claims(`claims: {c: {metric: ${metric}, above: 0.6}}\n`)).toEqual(['a 0.95', 'b 0.95', 'c 0.95']);
    expect(claims(`claims: {c: {metric: ${metric}, above: 0.6}}\n`, '')).toEqual(['c 0.95']);
    expect(claims('claims: {a: {above: null, below: 0.5}}\n')).toEqual(['a 0.95', 'b 0.95']);
    expect(claims('claims: {a: {near: {pairs: 50}, within: 0.1}}\n')).toEqual(['a 0.95', 'b 0.95']);
    expect(claims('claims: {a: {metric: {steps: [accuracy]}}}\n')).toEqual(['a 0.95', 'b 0.95']);
    expect(claims('claims: null\n')).toEqual([]);
    expect(() => claims('claims: {d: null}\n')).toThrow('cannot remove d: the extended file does not have it in claims');
    expect(() => claims('claims: {d: {confidence: 0.9}}\n')).toThrow('cannot change d: the extended file does not have it in claims');
  });

  test('changes caps of the budget one by one', () => {
    expect(planOver('budget: {calls: 5, money: null}\n').budget).toEqual({ calls: 5, gpu_hours: null, money: null });
    expect(planOver('budget: null\n').budget).toEqual({ calls: null, gpu_hours: null, money: null });
  });

  test('is not told what the base declares and does not need', () => {
    expect(compileOver('steps: {bon: null, samples: null, graded: null}\n').rendered).toEqual([]);
    expect(compileOver('params: {mine: {type: integer, default: 1}}\n').diagnostics.map(({ code }) => code)).toEqual(['E0161']);
  });
});

describe('places', () => {
  test('of steps name the file that writes them last', () => {
    const { nodes } = planOver('steps: {rm: {with: {batch_size: 2}}}\n');
    expect(nodes.find(({ step }) => step === 'rm')?.at).toEqual({ line: 3, column: 9 });
    expect(nodes.find(({ step }) => step === 'accuracy')?.at).toEqual({ file: 'base.yaml', line: 14, column: 3 });
  });

  test('of a mistake in a change do not silence one in the base', () => {
    const { diagnostics } = compileFiles({
      'pipeline.yaml': over('steps: {rm: {with: {batch_sise: 2}}}\n'),
      'base.yaml': base.replace('model: rm,', 'model: rn,'),
    });
    expect(diagnostics.map(({ file, code }) => `${file} ${code}`)).toEqual(['pipeline.yaml E0110', 'base.yaml E0130']);
  });

  test('are never taken for those of another file at the same offset', () => {
    const own = over('steps: {rm: {with: {batch_size: $size}}}\nparams: {size: {type: integer, default: 0}}\nsweeps: null\n');
    const [found] = compileFiles({ 'pipeline.yaml': own, 'base.yaml': base }).diagnostics;
    expect(found).toMatchObject({ code: 'E0123', file: 'pipeline.yaml', line: 4, related: [{ line: 3, message: '$size is used here' }] });
  });

  test('come back with the texts of the files they lie in', () => {
    const middle = over('name: middle\n');
    const { files } = compileFiles({
      'pipeline.yaml': over('', './middle.yaml'),
      'middle.yaml': middle,
      'base.yaml': base,
      'other.yaml': '',
    });
    expect(files).toEqual({ 'middle.yaml': middle, 'base.yaml': base });
  });
});

test('a path is counted from the file that writes it', () => {
  const files = { 'pipeline.yaml': over('', './studies/a.yaml'), 'studies/a.yaml': over('', '../base.yaml'), 'base.yaml': base };
  expect(withoutPlaces(planOfFiles(files))).toEqual(withoutPlaces(planOf(base)));
});

test('a folder of a user may be called like that of the shipped pipelines', () => {
  const file = 'codepmp/pipelines/study.yaml';
  const files = { 'pipeline.yaml': over(''), 'codepmp/pipelines/base.yaml': over('', '../../study.yaml'), 'study.yaml': base };
  expect(withoutPlaces(planOfFiles(files, { file }))).toEqual(withoutPlaces(planOf(base)));
  expect(withoutPlaces(planOfFiles({ 'pipeline.yaml': over('', 'quickstart') }, { file }))).toEqual(withoutPlaces(planOf(quickstart)));
});

test('nothing of the disk is read unless it was handed over', () => {
  const { diagnostics } = compileFiles({ 'pipeline.yaml': over('', './pipelines/quickstart.yaml') }, { file: 'pipeline.yaml' });
  expect(diagnostics.map(({ code }) => code)).toEqual(['E0200']);
});

test('files that extend each other have the keys and values of one file together', () => {
  const many = (from: number) => Array.from({ length: 400 }, (_, index) => `  p${from + index}: {type: integer, default: 1}`).join('\n');
  const files = { 'pipeline.yaml': over(`params:\n${many(400)}\n`), 'base.yaml': base.replace('params:', `params:\n${many(0)}`) };
  expect(compileFiles({ 'pipeline.yaml': files['base.yaml'] }).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const [found, ...others] = compileFiles(files).diagnostics.filter(({ severity }) => severity === 'error');
  expect(others).toEqual([]);
  expect(found).toMatchObject({ code: 'E0101', file: 'base.yaml', related: [{ message: 'pipeline.yaml extends it here', line: 2 }] });
});

test('files that extend each other have the size of one file together', () => {
  const comment = `# ${'x'.repeat(100_000)}\n`;
  const files = {
    'pipeline.yaml': `${comment}${over('', './middle.yaml')}`,
    'middle.yaml': `${comment}${over('')}`,
    'base.yaml': `${comment}${base}`,
  };
  expect(compileFiles(files).diagnostics.map(({ code, file, line }) => `${code} ${file}:${line}`)).toEqual(['E0101 middle.yaml:3']);
});

test('what a message carries in place of texts is no file', () => {
  const files = { 'pipeline.yaml': over(''), 'base.yaml': { codepmp: 1 } as unknown as string };
  expect(compileFiles(files).diagnostics.map(({ code }) => code)).toEqual(['E0200']);
  expect(compileFiles({ 'pipeline.yaml': over('', './__proto__.yaml') }).diagnostics.map(({ code }) => code)).toEqual(['E0200']);
  for (const nothing of [null, 3, 'text', []]) {
    const options = { files: nothing as unknown as { [file: string]: string } };
    expect(compileFiles({ 'pipeline.yaml': over('') }, options).diagnostics.map(({ code }) => code)).toEqual(['E0200']);
  }
});

test('whatever extends says, the answer is a plan or a diagnostic', () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string().map((text) => `./${text}.yaml`),
    fc.constantFrom(
      '../'.repeat(50) + 'a.yaml',
      './.yaml',
      '.',
      '..',
      'constructor',
      './a.yaml/../b.yaml',
      'C:\\a.yaml',
      './a\u0000.yaml',
      'con',
      '-',
    ),
  );
  fc.assert(
    fc.property(name, (written) => {
      const { plan, diagnostics } = compileFiles({ 'pipeline.yaml': over('', JSON.stringify(written)), 'base.yaml': base });
      expect(plan !== undefined || diagnostics.length > 0).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('whatever a file changes, the answer is a plan or a diagnostic', () => {
  const key = fc.constantFrom(
    'seed',
    'pairs',
    'rm',
    'data',
    'with',
    'uses',
    'run',
    'scale',
    'grid',
    'zip',
    'solver',
    'type',
    'default',
    'enum',
    'id',
    'metric',
    'calls',
    'other',
  );
  const leaf = fc.constantFrom<Json[]>(null, 1, 'rm', '$seed', true, 'train/rm', 'integer');
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, leaf, fc.dictionary(key, tie('value'), { maxKeys: 3 }), fc.array(tie('value'), { maxLength: 2 })),
  }));
  const section = fc.constantFrom('params', 'models', 'steps', 'alternatives', 'sweeps', 'claims', 'targets', 'budget', 'name', 'other');
  const upper = fc.dictionary(section, value, { maxKeys: 4 });
  fc.assert(
    fc.property(upper, upper, (own, middle) => {
      const text = (file: string, spec: object) => JSON.stringify({ codepmp: 1, extends: file, ...spec });
      const { plan, diagnostics } = compileFiles({
        'pipeline.yaml': text('./middle.yaml', own),
        'middle.yaml': text('./base.yaml', middle),
        'base.yaml': base,
      });
      expect(plan !== undefined).toBe(!diagnostics.some(({ severity }) => severity === 'error'));
    }),
    { numRuns: 500 },
  );
});

describe('values of params from files', () => {
  const options = (...params: string[]) => ({
    params: params.map((source, index) => ({ file: `params-${index}.yaml`, source })),
    sweeps: [],
  });
  const valuesOf = (given: ReturnType<typeof options>, set = {}) =>
    planOfFiles({ 'pipeline.yaml': base }, { ...given, set }).cells[0]?.values;

  test('are taken from YAML and from JSON', () => {
    expect(valuesOf(options('seed: 3\n'))).toMatchObject({ seed: 3, pairs: 100 });
    expect(valuesOf(options('{"seed": 3, "pairs": 7}'))).toMatchObject({ seed: 3, pairs: 7 });
  });

  test('are those of later files, and --set wins', () => {
    expect(valuesOf(options('seed: 3\npairs: 7\n', 'seed: 4\n'))).toMatchObject({ seed: 4, pairs: 7 });
    expect(valuesOf(options('seed: 3\npairs: 7\n'), { seed: '9' })).toMatchObject({ seed: 9, pairs: 7 });
  });

  test('come back with those of --set, for a submission', () => {
    expect(compileFiles({ 'pipeline.yaml': base }, { ...options('seed: 3\n'), set: { pairs: '5' } }).set).toEqual({ seed: 3, pairs: '5' });
  });

  test('choose among alternatives', () => {
    const text = `${base}alternatives: {size: {small: {pairs: 10}}}\n`;
    expect(planOfFiles({ 'pipeline.yaml': text }, options('size: small\n')).cells[0]?.values).toMatchObject({ pairs: 10 });
  });
});

test('a study of one’s own is six lines, and shares with its base all it does not change', () => {
  const source = readFileSync(new URL('../../../docs/examples/my-study.yaml', import.meta.url), 'utf8');
  const plan = planOfFiles({ 'pipeline.yaml': source });
  const lines = source.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const before = keysOf(planOf(quickstart));
  const keys = new Map(plan.nodes.map(({ id, key }) => [id, key]));
  const changed = ['pmp', 'rm-pmp', 'accuracy-pmp', 'choice-pmp', 'bon-pmp', 'report'];
  expect(lines.length).toBe(6);
  expect(plan.cells.length).toBe(3);
  for (const { nodes } of plan.cells)
    for (const [step, id] of Object.entries(nodes)) if (!changed.includes(step)) expect(keys.get(id)).toBe(before[step]);
  expect(
    new Set(plan.nodes.filter(({ step }) => step === 'pmp').map(({ settings }) => (settings['schedule'] as JsonObject)['lr'])).size,
  ).toBe(3);
});
